// How far one adapter's distribution has moved from another's, token by token, over the whole vocabulary: drift.
//
// KL(p ‖ q) = Σ_v p_v (log p_v − log q_v) (Kullback & Leibler 1951). Both models read the same frozen head E, so with z = h Eᵀ and
// log p_v = z_v − log Z,
//
//   KL(p ‖ q) = (h_p − h_q) · Σ_v p_v E_v − log Z_p + log Z_q
//
// which is exact and needs no logits of q beside those of p: one walk over the vocabulary for each, in chunks (loss.ts).
import * as tf from '@tensorflow/tfjs-core';
import { foldAdapter } from '../model/fold.js';
import { forward, type LlamaModel } from '../model/llama.js';
import type { LoraAdapter } from '../model/lora.js';
import { free, scoped } from '../tensor/scope.js';
import { checkCompletions, microBatches, type Completion } from './batches.js';
import { softmaxOverHead } from './loss.js';
import { pack } from './pack.js';

type T2 = tf.Tensor2D;

/** Bounds the memory of a forward pass, in tokens. */
const MICRO_BATCH_TOKENS = 1024;
/** Completion tokens whose distributions are compared at a time: the logits of a chunk are this × 4,096 numbers. */
const CHUNK_ROWS = 512;

/** What a model expects at every completion token of the items, in order. Dispose it. */
interface View {
  hidden: T2; // (C, D)
  /** log Z. */
  logTotal: T2; // (C, 1)
  /** Σ_v p_v E_v. */
  expected: T2; // (C, D)
}

/** The candidate beside other adapters, as means over all completion tokens, in nats. */
export interface Comparison {
  tokens: number;
  /** −log p of the completions. */
  nll: number;
  /** The same of each reference, and KL(candidate ‖ reference); in the order they were given. */
  references: { nll: number; kl: number }[];
}

/**
 * Compares the adapter with each of the references (undefined: the base model) where the completions' tokens are expected.
 * @throws LoraError `train.nothing_to_learn`, `train.item_too_long`
 */
export async function compareAdapters(
  model: LlamaModel,
  candidate: LoraAdapter | undefined,
  references: readonly (LoraAdapter | undefined)[],
  items: readonly Completion[],
): Promise<Comparison> {
  checkCompletions(items, model.config.contextTokens);
  const tokens = Int32Array.from(items.flatMap(({ completionTokens }) => [...completionTokens]));
  const own = viewOf(model, candidate, items);
  const nll = await meanNll(model, own, tokens);
  const compared: Comparison['references'] = [];
  for (const reference of references) {
    const other = viewOf(model, reference, items);
    compared.push({ nll: await meanNll(model, other, tokens), kl: await meanKl(own, other) });
    free({ ...other });
  }
  free({ ...own });
  return { tokens: tokens.length, nll, references: compared };
}

function viewOf(model: LlamaModel, adapter: LoraAdapter | undefined, items: readonly Completion[]): View {
  const folded = foldAdapter(model, adapter);
  const parts = microBatches(items, MICRO_BATCH_TOKENS, (item) => [item]).map((group) =>
    scoped(() => {
      const pass = forward(model, folded.blocks, pack(group), false);
      const hidden = tf.clone(pass.hidden);
      pass.dispose();
      return hidden;
    }),
  );
  folded.dispose();
  return scoped(() => {
    const hidden = tf.concat<T2>(parts);
    free(parts);
    const chunks = Array.from({ length: Math.ceil(hidden.shape[0] / CHUNK_ROWS) }, (_, i) => {
      const rows = Math.min(CHUNK_ROWS, hidden.shape[0] - i * CHUNK_ROWS);
      return scoped(() => softmaxOverHead(tf.slice(hidden, [i * CHUNK_ROWS, 0], [rows, -1]), model.head));
    });
    return {
      hidden,
      logTotal: tf.concat<T2>(chunks.map((chunk) => chunk.logTotal)),
      expected: tf.concat<T2>(chunks.map((chunk) => chunk.expected)),
    };
  });
}

const meanNll = (model: LlamaModel, { hidden, logTotal }: View, tokens: Int32Array): Promise<number> =>
  meanOf(() => {
    const targets = tf.gather(model.head, tf.tensor1d(tokens, 'int32'));
    return tf.sub(logTotal, tf.sum(tf.mul(hidden, targets), 1, true));
  });

const meanKl = (p: View, q: View): Promise<number> =>
  meanOf(() => {
    const gained = tf.sum(tf.mul(tf.sub(p.hidden, q.hidden), p.expected), 1, true);
    return tf.add(tf.sub(gained, p.logTotal), q.logTotal);
  });

/** Summed in doubles: float32 would lose digits of a small divergence. */
async function meanOf(body: () => tf.Tensor): Promise<number> {
  const tensor = scoped(body);
  const values = (await tensor.data()) as Float32Array;
  free(tensor);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
