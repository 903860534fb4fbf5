// Whether a version's own greedy answer is the expected one, found out so that no chat waits for it.
import type { Engine, GenerateRequest } from '../inference/engine.js';
import { normaliseAnswer } from '../inference/same-answer.js';

const LOOK_MS = 100;

/**
 * Ends early when the answer goes another way, and gives up when a chat wants to be answered.
 * @returns undefined when it gave up
 * @throws InferenceError
 */
export async function answersAlone(
  engine: Engine,
  request: Omit<GenerateRequest, 'signal'>,
  expected: string,
  stop: AbortSignal,
): Promise<boolean | undefined> {
  const chat = new AbortController();
  const looking = setInterval(() => {
    const { busySlots, queued } = engine.state();
    if (busySlots > 1 || queued > 0) chat.abort();
  }, LOOK_MS);
  const wanted = normaliseAnswer(expected);
  let text = '';
  try {
    for await (const event of engine.generate({ ...request, signal: AbortSignal.any([stop, chat.signal]) })) {
      if (event.kind === 'delta') text += event.text;
      else if (event.result.finishReason === 'stopped') return undefined;
      else return normaliseAnswer(event.result.text) === wanted;
      if (!wanted.startsWith(normaliseAnswer(text))) return false;
    }
    return undefined;
  } finally {
    clearInterval(looking);
  }
}
