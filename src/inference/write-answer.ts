// Writes one answer on one lane: reads the rest of the prompt, then token after token until the model, the limit or
// the customer ends it.
import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import { AnswerText } from './answer-text.js';
import type { ChatTokenizer } from './chat-tokenizer.js';
import { placeInBatch } from './batch-order.js';
import type { FinishReason, GenerateEvent } from './engine.js';

export interface AnswerOrder {
  prompt: Token[];
  maxTokens: number;
  temperature: number;
  seed?: number;
  signal?: AbortSignal;
  /** Of the sequence, in its context. */
  sequenceNumber: number;
  /** Tokens read between two looks at the signal. */
  batchTokens: number;
  /** Asked before each decode: a promise to wait for where something more urgent is under way. */
  whenClear?: () => Promise<void> | undefined;
}

export async function* writeAnswer(
  sequence: LlamaContextSequence,
  tokenizer: ChatTokenizer,
  order: AnswerOrder,
): AsyncGenerator<GenerateEvent, void, undefined> {
  const answer = new AnswerText((tokens, before) => tokenizer.text(tokens, before));
  const finish = (finishReason: FinishReason, completionTokens: number): GenerateEvent => ({
    kind: 'done',
    result: { text: answer.whole, finishReason, promptTokens: order.prompt.length, completionTokens },
  });
  let written = 0;
  let finishReason: FinishReason = 'length';
  for await (const token of tokensOf(sequence, order)) {
    written++;
    if (tokenizer.endsAnswer(token)) {
      finishReason = 'stop';
      break;
    }
    const text = answer.push(token);
    if (text !== '') yield { kind: 'delta', text };
    if (written >= order.maxTokens) break;
  }
  if (order.signal?.aborted && finishReason !== 'stop') finishReason = 'stopped';
  const rest = answer.end();
  if (rest !== '') yield { kind: 'delta', text: rest };
  yield finish(finishReason, written);
}

/** Tokens as the model writes them; ends early, without an error, when the signal says so. */
async function* tokensOf(sequence: LlamaContextSequence, order: AnswerOrder): AsyncGenerator<Token, void, undefined> {
  const last = await readPrompt(sequence, order);
  if (!last || order.signal?.aborted) return;
  // llama.cpp's own default would seed by the clock's second: two answers in one second would be the same.
  const seed = order.seed ?? Math.floor(Math.random() * 2 ** 31);
  const evaluationPriority = placeInBatch(order.sequenceNumber);
  const { temperature } = order;
  const tokens = sequence.evaluate(last, { temperature, seed, evaluationPriority, yieldEogToken: true });
  for await (const token of tokens) {
    if (order.signal?.aborted) return;
    yield token;
    await order.whenClear?.();
  }
}

/** Evaluates what the sequence doesn't know yet, all but the last batch, which it returns: it starts the answer. */
async function readPrompt(
  sequence: LlamaContextSequence,
  { prompt, batchTokens, sequenceNumber, signal, whenClear }: AnswerOrder,
): Promise<Token[] | undefined> {
  const common = Math.min(sequence.compareContextTokens(prompt).firstDifferentIndex, prompt.length - 1);
  await sequence.eraseContextTokenRanges([{ start: common, end: sequence.nextTokenIndex }]);
  let from = common;
  for (; prompt.length - from > batchTokens; from += batchTokens) {
    if (signal?.aborted) return undefined;
    await whenClear?.();
    const evaluationPriority = placeInBatch(sequenceNumber);
    await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(from, from + batchTokens), { evaluationPriority });
  }
  await whenClear?.();
  return prompt.slice(from);
}
