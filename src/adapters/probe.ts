// Proves after a swap that the new version is what answers: a held-out question whose greedy answer differs from the
// parent's is asked until the answer goes the candidate's way or another.
import type { Probe } from '../database/entities/adapter-version.entity.js';
import type { AdapterFile, Engine } from '../inference/engine.js';
import { AdaptersError } from './adapters-error.js';

/** `open`: so far both versions would write this. */
export type ProbeVerdict = 'proven' | 'refuted' | 'open';

const PROBE_TOKENS_MAX = 256;

/**
 * Judges an answer by where it leaves the two recorded ones. Following the candidate beyond the point where the parent
 * says something else is proof enough: the rest of a long answer may differ by rounding, as batches change.
 * @param done the answer is complete
 */
export function judgeProbe(text: string, { answer, parentAnswer }: Probe, done: boolean): ProbeVerdict {
  const withCandidate = commonLength(text, answer);
  const withParent = commonLength(text, parentAnswer);
  if (withCandidate > withParent) return 'proven';
  if (withParent > withCandidate || withCandidate < text.length) return 'refuted';
  if (!done) return 'open';
  return text === answer && answer !== parentAnswer ? 'proven' : 'refuted';
}

/**
 * Asks the loaded version its probe.
 * @throws AdaptersError `adapters.probe_failed`; the engine's errors
 */
export async function runProbe(engine: Engine, adapter: AdapterFile, probe: Probe): Promise<void> {
  let text = '';
  const stop = new AbortController();
  const greedy = { maxTokens: PROBE_TOKENS_MAX, temperature: 0 };
  const request = { adapter, turns: probe.prompt, ...greedy, urgent: true, signal: stop.signal };
  for await (const event of engine.generate(request)) {
    const done = event.kind === 'done';
    text = done ? event.result.text : text + event.text;
    const verdict = judgeProbe(text, probe, done);
    if (verdict === 'proven') return;
    if (verdict === 'open') continue;
    throw new AdaptersError(
      'adapters.probe_failed',
      `Adapter version ${adapter.version} was loaded but doesn't answer as it did in its evaluation ("${excerpt(text)}" instead of "${excerpt(probe.answer)}"); the version before goes on answering.`,
    );
  }
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
