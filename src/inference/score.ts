// Log-probabilities of given answers as llama.cpp computes them: proves that the engine and the learner agree on an adapter.
import type { ControlledEvaluateInputItem, LlamaContextSequence, Token } from 'node-llama-cpp';
import { createContext, type BaseModel } from './base-model.js';
import { InferenceError } from './inference-error.js';

/** One answer to score. Token ids come from the serving tokenizer. */
export interface ScoreItem {
  promptTokens: number[];
  completionTokens: number[];
}

/** Sum of log p over the answer's tokens, natural logarithm. */
export interface Score {
  logProb: number;
  tokens: number;
}

const SCORE_BATCH_TOKENS = 256;
const GREEDY = { temperature: 0, topK: 0 };

/**
 * Scores answers one after the other; prompts that begin alike are read once.
 * @param adapterPath GGUF LoRA, or undefined for the base model
 * @throws InferenceError `engine.failed`; the binding's error when the adapter doesn't fit
 */
export async function scoreCompletions(
  base: BaseModel,
  adapterPath: string | undefined,
  items: ScoreItem[],
): Promise<Score[]> {
  const longest = Math.max(1, ...items.map((item) => item.promptTokens.length + item.completionTokens.length));
  const context = await createContext(base, {
    sequences: 1,
    contextTokens: longest + 2,
    threads: 1,
    batchTokens: SCORE_BATCH_TOKENS,
    adapterPath,
    answering: () => 1,
  });
  try {
    const sequence = context.getSequence();
    const scores: Score[] = [];
    for (const item of items) scores.push(await scoreOne(sequence, item));
    return scores;
  } finally {
    await context.dispose();
  }
}

async function scoreOne(sequence: LlamaContextSequence, item: ScoreItem): Promise<Score> {
  const prompt = item.promptTokens as Token[];
  const completion = item.completionTokens as Token[];
  const common = Math.min(sequence.compareContextTokens(prompt).firstDifferentIndex, prompt.length - 1);
  await sequence.eraseContextTokenRanges([{ start: common, end: sequence.nextTokenIndex }]);
  // The token at position i is predicted at position i − 1: the last prompt token predicts the first of the answer.
  const read = [...prompt.slice(common), ...completion.slice(0, -1)];
  const first = prompt.length - 1 - common;
  const input = read.map((token, i): ControlledEvaluateInputItem => {
    const next = completion[i - first];
    if (next === undefined) return token;
    const logits = { filter: { tokens: [next], includeTop: 1 } };
    return [token, { generateNext: { logits, totalLogitWeight: true, options: GREEDY } }];
  });
  const output = await sequence.controlledEvaluate(input);
  const logProbs = completion.map((token, i) => logProbOf(token, output[first + i]?.next));
  return { logProb: logProbs.reduce((sum, value) => sum + value, 0), tokens: completion.length };
}

/** log softmax(logits)[token]; `totalLogitWeight` is Σ exp(logit − max). */
function logProbOf(token: Token, next?: { logits?: Map<Token, number>; totalLogitWeight?: number }): number {
  const logit = next?.logits?.get(token);
  if (logit === undefined || !next?.logits || next.totalLogitWeight === undefined) {
    throw new InferenceError('engine.failed', 'llama.cpp gave no logits for a token to score.');
  }
  return logit - Math.max(...next.logits.values()) - Math.log(next.totalLogitWeight);
}
