// The targets of rehearsal items: what the model, as it is when a run starts, expects at each of their completion tokens.
import * as tf from '@tensorflow/tfjs-core';
import { foldAdapter, forward, type LlamaModel } from '../model/llama.js';
import type { LoraAdapter } from '../model/lora.js';
import { free, scoped } from '../tensor/scope.js';
import { microBatches, type Completion, type SftItem } from './batches.js';
import { expectedEmbeddings } from './loss.js';
import { pack } from './pack.js';

/** By item id: Σ p_v E_v at each completion token, (C · D) float32. */
export type DistilTargets = ReadonlyMap<string, Float32Array>;

/** Computed once, before the first step, from the adapter that the run starts with. */
export async function distilTargets(
  model: LlamaModel,
  adapter: LoraAdapter,
  items: readonly SftItem[],
  microBatchTokens: number,
): Promise<DistilTargets> {
  const targets = new Map<string, Float32Array>();
  const folded = foldAdapter(model, adapter);
  for (const group of microBatches(
    items.filter((item) => item.distil),
    microBatchTokens,
    (item) => [item],
  )) {
    const expected = scoped(() => {
      const pass = forward(model, folded.blocks, pack(group), false);
      const rows = expectedEmbeddings(pass.hidden, model.head);
      pass.dispose();
      return rows;
    });
    const values = (await expected.data()) as Float32Array;
    free(expected);
    let at = 0;
    for (const item of group) {
      const size = item.completionTokens.length * model.config.width;
      targets.set(item.id, values.slice(at, at + size));
      at += size;
    }
  }
  folded.dispose();
  return targets;
}

/** The target embedding of every completion token of a packed batch, in its order. (C, D). */
export function targetEmbeddings(model: LlamaModel, items: readonly Completion[], distil: DistilTargets): tf.Tensor2D {
  return scoped(() =>
    tf.concat<tf.Tensor2D>(
      items.map((item) => {
        const soft = distil.get(item.id);
        if (!soft) return tf.gather(model.head, tf.tensor1d([...item.completionTokens], 'int32'));
        return tf.tensor2d(soft, [item.completionTokens.length, model.config.width]);
      }),
    ),
  );
}
