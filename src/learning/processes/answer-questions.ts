// Asks an engine's versions questions, several at a time: greedy, no memory, as the gate wants it.
import type { AdapterFile } from '../../inference/engine.js';
import { InferenceError } from '../../inference/inference-error.js';
import type { LlamaCppEngine } from '../../inference/llama-cpp-engine.js';
import type { Ask, GivenAnswer } from './answer.messages.js';

export interface Asking {
  engine: LlamaCppEngine;
  /** Every version that is asked but for the base model (0); the engine has loaded them. */
  adapters: ReadonlyMap<number, AdapterFile>;
  asks: readonly Ask[];
  /** Longest answer, in tokens, where the question says nothing else. */
  answerTokensMax: number;
  /** Questions answered at the same time. */
  slots: number;
  signal: AbortSignal;
  onAnswer?: (answered: number) => void;
}

/** The answers in the order of the questions. */
export async function answerQuestions(asking: Asking): Promise<GivenAnswer[]> {
  const { asks, slots, signal, onAnswer } = asking;
  const answers: GivenAnswer[] = [];
  const queue = [...asks.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next && !signal.aborted; next = queue.shift()) {
      const [index, ask] = next;
      answers[index] = await answer(asking, ask);
      onAnswer?.(asks.length - queue.length);
    }
  };
  await Promise.all(Array.from({ length: slots }, worker));
  return answers;
}

/** Empty where the question doesn't fit the window any more, as a customer would get no answer either. */
async function answer({ engine, adapters, answerTokensMax, signal }: Asking, ask: Ask): Promise<GivenAnswer> {
  const { id, version, prompt: turns, maxTokens = answerTokensMax } = ask;
  const request = { adapter: adapters.get(version), turns, maxTokens, temperature: 0, signal };
  try {
    for await (const event of engine.generate(request)) {
      if (event.kind === 'done') return { id, version, text: event.result.text };
    }
  } catch (error) {
    if (!(error instanceof InferenceError) || error.code !== 'engine.prompt_too_long') throw error;
  }
  return { id, version, text: '' };
}
