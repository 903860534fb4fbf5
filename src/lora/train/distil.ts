// Targets that hold on to the model a run starts from (the champion): what it expects at each completion token.
//
// Everything here minimises KL(p_start ‖ p) over the whole vocabulary, up to the constant entropy of p_start. A rehearsal item
// learns nothing but that; with κ > 0 every SFT target is (1 − κ) of its own token and κ of the start's distribution (Hinton et
// al. 2015, section 2): an SFT loss with a KL-to-champion term, for one vector of D numbers a token and no second pass.
import * as tf from '@tensorflow/tfjs-core';
import { foldAdapter } from '../model/fold.js';
import { forward, type LlamaModel } from '../model/llama.js';
import type { LoraAdapter } from '../model/lora.js';
import { free, scoped } from '../tensor/scope.js';
import { completionsOf, microBatches, type SftItem, type TrainingItem } from './batches.js';
import { expectedEmbeddings } from './loss.js';
import { pack } from './pack.js';

/** By example: its share κ of the start's distribution, and Σ p_v E_v at each completion token, (C · D) float32. */
export type DistilTargets = ReadonlyMap<TrainingItem, { share: number; expected: Float32Array }>;

export interface DistilOptions {
  model: LlamaModel;
  /** The adapter that the run starts with. */
  adapter: LoraAdapter;
  items: readonly TrainingItem[];
  microBatchTokens: number;
  /** κ: how much of every SFT target is the start's own distribution. */
  keepStart: number;
}

/** Computed once, before the first step. */
export async function distilTargets(options: DistilOptions): Promise<DistilTargets> {
  const { model, adapter, items, microBatchTokens, keepStart } = options;
  const targets = new Map<TrainingItem, { share: number; expected: Float32Array }>();
  const held = items.filter((item): item is SftItem => item.kind === 'sft' && (item.distil === true || keepStart > 0));
  const folded = foldAdapter(model, held.length > 0 ? adapter : undefined);
  for (const group of microBatches(held, microBatchTokens, (item) => [item])) {
    const rows = scoped(() => {
      const pass = forward(model, folded.blocks, pack(group), false);
      const expected = expectedEmbeddings(pass.hidden, model.head);
      pass.dispose();
      return expected;
    });
    const values = (await rows.data()) as Float32Array;
    free(rows);
    let at = 0;
    for (const item of group) {
      const size = item.completionTokens.length * model.config.width;
      targets.set(item, { share: item.distil ? 1 : keepStart, expected: values.slice(at, at + size) });
      at += size;
    }
  }
  folded.dispose();
  return targets;
}

/** The target embedding of every completion token of the examples, in order. (C, D). */
export function targetEmbeddings(
  model: LlamaModel,
  items: readonly TrainingItem[],
  distil: DistilTargets,
): tf.Tensor2D {
  return scoped(() =>
    tf.concat<tf.Tensor2D>(
      items.map((item) => {
        const tokens = completionsOf(item).flatMap(({ completionTokens }) => [...completionTokens]);
        const soft = distil.get(item);
        const start = soft && tf.tensor2d(soft.expected, [tokens.length, model.config.width]);
        if (start && soft.share === 1) return start;
        const own: tf.Tensor2D = tf.gather(model.head, tf.tensor1d(tokens, 'int32'));
        return start ? tf.add<tf.Tensor2D>(tf.mul(own, 1 - soft.share), tf.mul(start, soft.share)) : own;
      }),
    ),
  );
}
