// Targets that hold on to the model a run starts from (the champion), or to the base model: what it expects at each completion token.
//
// Everything here minimises KL(p_start ‖ p) over the whole vocabulary, up to the constant entropy of p_start. A rehearsal item
// learns nothing but that, or KL(p_base ‖ p); with κ > 0 every SFT target is (1 − κ) of its own token and κ of the start's distribution (Hinton et
// al. 2015, section 2): an SFT loss with a KL-to-champion term, for one vector of D numbers a token and no second pass.
import * as tf from '@tensorflow/tfjs-core';
import { foldAdapter } from '../model/fold.js';
import { forward, type LlamaModel } from '../model/llama.js';
import type { LoraAdapter } from '../model/lora.js';
import { free, scoped } from '../tensor/scope.js';
import { completionsOf, microBatches, type SftItem, type TrainingItem } from './batches.js';
import { expectedEmbeddings } from './loss.js';
import { pack } from './pack.js';

/** By example: its share κ of the distribution held on to, and Σ p_v E_v at each completion token, (C · D) float32. */
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
  const { model, adapter, items, keepStart } = options;
  const held = items.filter((item): item is SftItem => item.kind === 'sft' && (Boolean(item.distil) || keepStart > 0));
  const toBase = held.filter(({ distil }) => distil === 'base');
  const toStart = held.filter(({ distil }) => distil !== 'base');
  const targets = new Map<TrainingItem, { share: number; expected: Float32Array }>();
  for (const { of, by } of [
    { of: toBase, by: undefined },
    { of: toStart, by: adapter },
  ]) {
    if (of.length === 0) continue;
    const folded = foldAdapter(model, by);
    for (const group of microBatches(of, options.microBatchTokens, (item) => [item])) {
      const expected = await expectedBy({ ...model, blocks: [...folded.blocks] }, group);
      group.forEach((item, i) => {
        targets.set(item, { share: item.distil ? 1 : keepStart, expected: expected[i] as Float32Array });
      });
    }
    folded.dispose();
  }
  return targets;
}

/** Σ p_v E_v at each completion token, (C · D) an item. */
async function expectedBy(model: LlamaModel, items: readonly SftItem[]): Promise<Float32Array[]> {
  const rows = scoped(() => {
    const pass = forward(model, model.blocks, pack(items), false);
    const expected = expectedEmbeddings(pass.hidden, model.head);
    pass.dispose();
    return expected;
  });
  const values = (await rows.data()) as Float32Array;
  free(rows);
  let at = 0;
  return items.map(({ completionTokens }) => {
    return values.slice(at, (at += completionTokens.length * model.config.width));
  });
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
