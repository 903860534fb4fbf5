// The gradient of the loss over one optimiser step's examples, summed over its micro-batches.
import * as tf from '@tensorflow/tfjs-core';
import type { BlockLora } from '../model/block.js';
import { foldBlocks, forward, type FoldedBlocks, type LlamaModel } from '../model/llama.js';
import { adapterParts, type LoraAdapter } from '../model/lora.js';
import { free, scoped } from '../tensor/scope.js';
import { microBatches, rowsOf, type SftItem } from './batches.js';
import { targetEmbeddings, type DistilTargets } from './distil.js';
import { crossEntropy } from './loss.js';
import { pack } from './pack.js';

/** What one optimiser step needs; `loss` is the mean over weighted completion tokens. */
export interface StepGradient {
  gradient: tf.Tensor1D; // (P)
  loss: number;
  norm: number;
  /** Tokens learnt from: each example counted whole, also where a shared prefix was computed once. */
  tokens: number;
}

/**
 * L = Σ w · (−log p) / Σ w over the completion tokens of *all* the examples, however they are cut into micro-batches:
 * normalising each micro-batch by itself would weigh short answers more.
 * `flat` are the adapter's current values; the caller disposes `gradient`.
 */
export async function stepGradient(
  model: LlamaModel,
  adapter: LoraAdapter,
  flat: tf.Tensor1D,
  items: readonly SftItem[],
  microBatchTokens: number,
  distil: DistilTargets = new Map(),
): Promise<StepGradient> {
  const total = items.reduce((sum, item) => sum + item.weight * item.completionTokens.length, 0);
  let gradient: tf.Tensor1D | undefined;
  let lossSum: tf.Scalar | undefined;
  let tokens = 0;
  const parts = adapterParts(flat, adapter);
  const folded = foldBlocks(model, parts);
  for (const group of microBatches(items, microBatchTokens, (item) => [item])) {
    const part = microBatchGradient(model, folded, parts, { items: group, total, distil });
    tokens += part.tokens;
    gradient = accumulate(gradient, part.gradient);
    lossSum = accumulate(lossSum, part.loss);
    // Between micro-batches the process may hear its parent (cancel) and the scheduler may give the core to a chat.
    await new Promise(setImmediate);
  }
  folded.dispose();
  free(parts);
  const summed = gradient as tf.Tensor1D;
  const normTensor = scoped(() => tf.sqrt(tf.sum(tf.square(summed))));
  const [[norm], [loss]] = await Promise.all([normTensor.data(), (lossSum as tf.Scalar).data()]);
  free(normTensor, lossSum);
  return { gradient: summed, loss: loss as number, norm: norm as number, tokens };
}

function accumulate<T extends tf.Tensor>(sum: T | undefined, part: T): T {
  if (!sum) return part;
  const next = tf.add<T>(sum, part);
  free(sum, part);
  return next;
}

function microBatchGradient(
  model: LlamaModel,
  { blocks }: FoldedBlocks,
  parts: readonly BlockLora[],
  { items, total, distil }: { items: readonly SftItem[]; total: number; distil: DistilTargets },
) {
  const batch = pack(items);
  const coefficients = Float32Array.from(
    items.flatMap(({ weight, completionTokens }) => completionTokens.map(() => weight / total)),
  ); // ∂L/∂nll of each completion token
  return scoped(() => {
    const pass = forward(model, blocks, batch, true);
    const { nll, dNll } = crossEntropy(pass.hidden, model.head, targetEmbeddings(model, items, distil));
    const c = tf.tensor2d(coefficients, [coefficients.length, 1]);
    const gradient = pass.backward(tf.mul<tf.Tensor2D>(c, dNll), parts);
    pass.dispose();
    return {
      gradient,
      loss: tf.sum<tf.Scalar>(tf.mul(c, nll)),
      tokens: items.reduce((sum, item) => sum + rowsOf([item]), 0),
    };
  });
}
