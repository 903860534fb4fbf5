// LoRA (Hu et al. 2021): every linear layer W gets a low-rank update, y = x Wᵀ + (α / r) (x Aᵀ) Bᵀ, and only A and B learn.
// All A and B of an adapter lie in one flat vector, so that the optimiser, the clip and a checkpoint are a handful of
// operations on one tensor instead of thousands on small ones.
import * as tf from '@tensorflow/tfjs-core';
import { LoraError } from '../lora-error.js';
import { deriveSeed, seededRandom } from '../random.js';
import type { LlamaConfig } from './config.js';

/** The linear layers of a block, by their GGUF names; each gets an A and a B. */
export const TARGETS = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'] as const;
export type Target = (typeof TARGETS)[number];

/** Where the A (r, in) and the B (out, r) of one linear layer lie in the flat vector. */
export interface LoraMatrices {
  block: number;
  target: Target;
  inputs: number;
  outputs: number;
  offsetA: number;
  offsetB: number;
}

export interface LoraAdapter {
  rank: number;
  alpha: number;
  matrices: readonly LoraMatrices[];
  /** All A and B, float32. */
  values: Float32Array;
}

/** (in, out) of a linear layer. */
export function linearShape(config: LlamaConfig, target: Target): { inputs: number; outputs: number } {
  const { width, feedForward, heads, keyValueHeads, headWidth } = config;
  const shapes: Record<Target, [number, number]> = {
    attn_q: [width, heads * headWidth],
    attn_k: [width, keyValueHeads * headWidth],
    attn_v: [width, keyValueHeads * headWidth],
    attn_output: [heads * headWidth, width],
    ffn_gate: [width, feedForward],
    ffn_up: [width, feedForward],
    ffn_down: [feedForward, width],
  };
  const [inputs, outputs] = shapes[target];
  return { inputs, outputs };
}

/** The layout of an adapter of this rank: blocks in order, targets in `TARGETS` order, A before B. */
export function adapterLayout(config: LlamaConfig, rank: number): { matrices: LoraMatrices[]; length: number } {
  let length = 0;
  const matrices = Array.from({ length: config.layers }, (_, block) =>
    TARGETS.map((target) => {
      const { inputs, outputs } = linearShape(config, target);
      const offsetA = length;
      const offsetB = offsetA + rank * inputs;
      length = offsetB + outputs * rank;
      return { block, target, inputs, outputs, offsetA, offsetB };
    }),
  ).flat();
  return { matrices, length };
}

/**
 * A fresh adapter: A uniform in ±1/√in (Kaiming with a = √5, as PEFT does), B zero, so that it starts as the base model.
 * @throws LoraError `adapter.invalid` for a rank or alpha that can't be
 */
export function createAdapter(
  config: LlamaConfig,
  options: { rank: number; alpha: number; seed: number },
): LoraAdapter {
  const { rank, alpha, seed } = options;
  if (!Number.isInteger(rank) || rank < 1)
    throw new LoraError('adapter.invalid', `The rank must be a whole number from 1, not ${rank}.`);
  if (!(alpha > 0))
    throw new LoraError(
      'adapter.invalid',
      `Alpha must be above 0, not ${alpha}: the update is scaled by alpha / rank.`,
    );
  const { matrices, length } = adapterLayout(config, rank);
  const values = new Float32Array(length);
  const random = seededRandom(deriveSeed(seed, 0));
  for (const { offsetA, inputs } of matrices) {
    const bound = 1 / Math.sqrt(inputs);
    for (let i = 0; i < rank * inputs; i++) values[offsetA + i] = (2 * random() - 1) * bound;
  }
  return { rank, alpha, matrices, values };
}

/** A and B of one linear layer as tensors. */
export interface LoraPair {
  a: tf.Tensor2D; // (r, in)
  b: tf.Tensor2D; // (out, r)
}

/** The tensors of one block, by target. */
export type BlockLora = Record<Target, LoraPair>;

/** Views of the flat vector as matrices, one record a block. The caller disposes them (or runs inside `tf.tidy`). */
export function adapterMatrices(flat: tf.Tensor1D, adapter: LoraAdapter): BlockLora[] {
  const sizes = adapter.matrices.flatMap(({ inputs, outputs }) => [adapter.rank * inputs, outputs * adapter.rank]);
  const parts = tf.split(flat, sizes);
  const blocks: BlockLora[] = [];
  adapter.matrices.forEach(({ block, target, inputs, outputs }, i) => {
    const a: tf.Tensor2D = tf.reshape(parts[2 * i] as tf.Tensor1D, [adapter.rank, inputs]);
    const b: tf.Tensor2D = tf.reshape(parts[2 * i + 1] as tf.Tensor1D, [outputs, adapter.rank]);
    (blocks[block] ??= {} as BlockLora)[target] = { a, b };
  });
  return blocks;
}

/** The same order back: gradients of all matrices as one flat vector. */
export function flattenMatrices(blocks: readonly BlockLora[], adapter: LoraAdapter): tf.Tensor1D {
  return tf.concat<tf.Tensor1D>(
    adapter.matrices.flatMap(({ block, target }) => {
      const { a, b } = (blocks[block] as BlockLora)[target];
      return [tf.reshape<tf.Rank.R1>(a, [-1]), tf.reshape<tf.Rank.R1>(b, [-1])];
    }),
  );
}
