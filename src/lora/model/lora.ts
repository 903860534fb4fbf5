// LoRA (Hu et al. 2021): every linear layer W gets a low-rank update, y = x Wᵀ + (α / r) (x Aᵀ) Bᵀ, and only A and B learn.
// All A and B of an adapter lie in one flat vector, so that the optimiser, the clip and a checkpoint are a handful of
// operations on one tensor instead of thousands on small ones.
import * as tf from '@tensorflow/tfjs-core';
import { LoraError } from '../lora-error.js';
import type { LoraPart } from '../tensor/operations.js';
import { deriveSeed, seededRandom } from '../random.js';
import { PRODUCTS, type BlockGradient, type BlockLora, type Product } from './block.js';
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
  // The formats keep alpha as a float32: so that it comes back as it was, it is one from the start.
  return { rank, alpha: Math.fround(alpha), matrices, values };
}

/**
 * Checks an adapter before it is written or used.
 * @throws LoraError `adapter.invalid` when a value is not finite, `adapter.mismatch` when it was made for another base model
 */
export function checkAdapter(adapter: LoraAdapter, config: LlamaConfig): void {
  const { matrices, length } = adapterLayout(config, adapter.rank);
  const sameLayers = matrices.every(({ target, inputs, outputs }, i) => {
    const own = adapter.matrices[i];
    return own?.target === target && own.inputs === inputs && own.outputs === outputs;
  });
  if (!sameLayers || adapter.matrices.length !== matrices.length || adapter.values.length !== length) {
    throw new LoraError('adapter.mismatch', 'The adapter was made for a base model of other sizes.');
  }
  if (!adapter.values.every(Number.isFinite)) {
    throw new LoraError('adapter.invalid', 'The adapter holds values that are not finite numbers; it is not used.');
  }
}

/** Which targets each product of a block multiplies as one: consecutive in the flat vector. */
export const PRODUCT_TARGETS: Record<Product, readonly Target[]> = {
  qkv: ['attn_q', 'attn_k', 'attn_v'],
  output: ['attn_output'],
  gateUp: ['ffn_gate', 'ffn_up'],
  down: ['ffn_down'],
};

/** The adapter's part of every block, cut out of the flat vector. The caller disposes them (or runs inside `tf.tidy`). */
export function adapterParts(flat: tf.Tensor1D, { matrices, rank, alpha }: LoraAdapter): BlockLora[] {
  const scaling = alpha / rank;
  const perBlock = TARGETS.length;
  return Array.from({ length: matrices.length / perBlock }, (_, block) => {
    const own = matrices.slice(block * perBlock, (block + 1) * perBlock);
    const parts = PRODUCTS.map((product): [Product, LoraPart] => {
      const of = own.filter(({ target }) => PRODUCT_TARGETS[product].includes(target));
      const start = (of[0] as LoraMatrices).offsetA;
      const length = of.reduce((sum, { inputs, outputs }) => sum + rank * (inputs + outputs), 0);
      const outputs = of.map((matrix) => matrix.outputs);
      return [product, { values: tf.slice(flat, start, length), outputs, rank, scaling }];
    });
    return Object.fromEntries(parts) as unknown as BlockLora;
  });
}

/** The same order back: the gradients of all blocks as one flat vector. */
export function flattenGradient(blocks: readonly BlockGradient[]): tf.Tensor1D {
  return tf.concat<tf.Tensor1D>(blocks.flatMap((block) => PRODUCTS.map((product) => block[product])));
}
