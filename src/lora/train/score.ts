// How likely the model finds given completions: for the gate, for drift, and for parity checks with other engines.
import { foldAdapter } from '../model/fold.js';
import { forward, type LlamaModel } from '../model/llama.js';
import type { LoraAdapter } from '../model/lora.js';
import { free, scoped } from '../tensor/scope.js';
import { checkCompletions, microBatches, type Completion } from './batches.js';
import { targetLogProbs } from './loss.js';
import { pack } from './pack.js';

/** Bounds the memory of scoring, in tokens. */
const MICRO_BATCH_TOKENS = 1024;

export interface CompletionScore {
  id: string;
  /** Sum of log p over the completion's tokens, in nats. */
  logProb: number;
  tokens: number;
  /** True when each of its tokens is the model's first choice, given the ones before: greedy decoding writes exactly this. */
  greedyMatch: boolean;
  /** log p of each token, in nats. */
  tokenLogProbs: Float32Array;
}

/** Scores the items in order, under the adapter or, without one, under the base model. */
export async function scoreCompletions(
  model: LlamaModel,
  adapter: LoraAdapter | undefined,
  items: readonly Completion[],
): Promise<CompletionScore[]> {
  checkCompletions(items, model.config.contextTokens);
  const folded = foldAdapter(model, adapter);
  const scores: CompletionScore[] = [];
  for (const group of microBatches(items, MICRO_BATCH_TOKENS, (item) => [item])) {
    const result = scoped(() => {
      const batch = pack(group);
      const pass = forward(model, folded.blocks, batch, false);
      const probabilities = targetLogProbs(pass.hidden, model.head, batch.targetTokens);
      pass.dispose();
      return probabilities;
    });
    const [logProbs, greedy] = await Promise.all([result.logProbs.data(), result.greedy.data()]);
    free(result);
    scores.push(...perItem(group, logProbs as Float32Array, greedy as Float32Array));
  }
  folded.dispose();
  return scores;
}

function perItem(items: readonly Completion[], logProbs: Float32Array, greedy: Float32Array): CompletionScore[] {
  let at = 0;
  return items.map((item) => {
    const tokens = item.completionTokens.length;
    const tokenLogProbs = logProbs.slice(at, at + tokens);
    const greedyMatch = greedy.subarray(at, at + tokens).every((match) => match === 1);
    at += tokens;
    return {
      id: item.id,
      logProb: tokenLogProbs.reduce((sum, value) => sum + value, 0),
      tokens,
      greedyMatch,
      tokenLogProbs,
    };
  });
}
