// Lets versions answer questions with the very engine that serves customers, for the gate: greedy, no memory. In a process of its
// own, so that neither the time it takes nor a bad adapter file reaches a chat.
import type { AdapterFile } from '../../inference/engine.js';
import { InferenceError } from '../../inference/inference-error.js';
import { LlamaCppEngine } from '../../inference/llama-cpp-engine.js';
import {
  answerStartSchema,
  type AnswerMessage,
  type AnswerStart,
  type Ask,
  type GivenAnswer,
} from './answer.messages.js';
import { serveParent } from './child-side.js';

/** Questions answered at the same time, a thread: the engine keeps several one-thread contexts busy. */
const SLOTS_PER_THREAD = 2;

serveParent({ start: answerStartSchema, work: answerAll });

async function answerAll(
  start: AnswerStart,
  say: (message: AnswerMessage) => void,
  signal: AbortSignal,
): Promise<AnswerMessage> {
  const { modelPath, modelSha256, threads, contextTokens, assistantId } = start;
  const slots = threads * SLOTS_PER_THREAD;
  const engine = await LlamaCppEngine.open({ modelPath, modelSha256, threads, slots, contextTokens, maxQueued: slots });
  const adapters = new Map(start.versions.map((version) => [version.version, { assistantId, ...version }]));
  for (const adapter of adapters.values()) await engine.load(adapter);
  const answers: GivenAnswer[] = [];
  const queue = [...start.asks.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next && !signal.aborted; next = queue.shift()) {
      const [index, ask] = next;
      answers[index] = await answer(engine, adapters.get(ask.version), ask, start.answerTokensMax, signal);
      say({ kind: 'progress', answered: start.asks.length - queue.length, of: start.asks.length });
    }
  };
  await Promise.all(Array.from({ length: slots }, worker));
  if (signal.aborted) throw new Error('It was cancelled.');
  await engine.close();
  return { kind: 'done', answers };
}

/** Empty where the question doesn't fit the window any more, as a customer would get no answer either. */
async function answer(
  engine: LlamaCppEngine,
  adapter: AdapterFile | undefined,
  { id, version, prompt, maxTokens }: Ask,
  answerTokensMax: number,
  signal: AbortSignal,
): Promise<GivenAnswer> {
  const request = { adapter, turns: prompt, maxTokens: maxTokens ?? answerTokensMax, temperature: 0, signal };
  try {
    for await (const event of engine.generate(request)) {
      if (event.kind === 'done') return { id, version, text: event.result.text };
    }
  } catch (error) {
    if (!(error instanceof InferenceError) || error.code !== 'engine.prompt_too_long') throw error;
  }
  return { id, version, text: '' };
}
