// One transformer block of the llama family (Touvron et al. 2023), forward and backward:
//   h = x + Wo · attention(rope(Wq n), rope(Wk n), Wv n),  n = RMSNorm(x)
//   y = h + Wdown · swiglu(Wgate m, Wup m),                m = RMSNorm(h)
// Qwen2 adds biases to q, k and v; Qwen3 normalises each head of q and k before rope (Yang et al. 2025, section 2).
// Shapes: T tokens, D width, F feed-forward width, H heads, K key/value heads, h head width. Every W here is already folded with
// its LoRA update, W′ = W + s B A, so that the forward pass is the plain model's.
import * as tf from '@tensorflow/tfjs-core';
import type { LoraPart, Operations, Rotation } from '../tensor/operations.js';
import { scoped } from '../tensor/scope.js';
import type { EncodedSegments } from '../tensor/segments.js';
import type { LlamaConfig } from './config.js';

type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;

/** The matrix products of a block. Layers that read the same input are one product: q, k, v; and gate, up. */
export const PRODUCTS = ['qkv', 'output', 'gateUp', 'down'] as const;
export type Product = (typeof PRODUCTS)[number];

/** The weights of a block's products, (out, in) each. */
export type ProductWeights = Record<Product, T2>;

/** Weights of a block, float32. */
export interface BlockWeights extends ProductWeights {
  attentionNorm: T1; // (D)
  feedForwardNorm: T1; // (D)
  /** Of the products that have one (Qwen2: q, k, v), (out). */
  biases: Partial<Record<Product, T1>>;
  /** Norms of each query and each key head (Qwen3), (h). */
  headNorms?: { query: T1; key: T1 };
}

/** The adapter's part for each product, or the gradient of its values. */
export type BlockLora = Record<Product, LoraPart>;
export type BlockGradient = Record<Product, T1>;

/** What is the same for every block of one packed batch. */
export interface BatchContext {
  operations: Operations;
  config: LlamaConfig;
  segments: EncodedSegments;
  rotation: Rotation;
}

/**
 * What the backward pass needs of a block. The inputs of the products are not kept but computed again from these (element-wise,
 * cheap): that saves a third of the memory. After `rows`, only those rows go on.
 */
export interface BlockSaved {
  x: T2; // (T, D)
  /** Before the head norms; only where the model has them. */
  unnormalised: T2 | undefined;
  /** Queries and keys rotated. */
  qkv: T2; // (T, (H + 2 K) h)
  mixed: T2; // (T, H h): the output of attention
  logSums: T2; // (T, H)
  h: T2; // (T, D)
  gateUp: T2; // (T, 2 F)
}

/** Runs the block on x (T, D). `rows` (C): the only rows of the result that anyone reads, (C, D). Disposes nothing of its input. */
export function blockForward(
  x: T2,
  weights: BlockWeights,
  batch: BatchContext,
  rows?: T1,
): { y: T2; saved: BlockSaved } {
  return scoped(() => {
    const { operations: op, config, segments, rotation } = batch;
    const n = op.rmsNorm(x, weights.attentionNorm, config.normEpsilon);
    const raw = product(n, weights, 'qkv');
    const qkv = op.rope(normHeads(raw, weights, batch), rotation, rotated(config), 1);
    const { y: mixed, logSums } = op.attention(qkv, segments, config);
    const h = tf.add<T2>(select(x, rows), product(select(mixed, rows), weights, 'output'));
    const m = op.rmsNorm(h, weights.feedForwardNorm, config.normEpsilon);
    const gateUp = product(m, weights, 'gateUp');
    const y = tf.add<T2>(h, product(op.swiglu(gateUp), weights, 'down'));
    const unnormalised = weights.headNorms && raw;
    return { y, saved: { x, unnormalised, qkv, mixed, logSums, h, gateUp } };
  });
}

/**
 * From dL/dy to dL/dx (T, D) and the gradient of the block's A and B. `rows` as in the forward pass.
 * `wantInput` is false for the first block that learns, below which nothing does; then `dx` is undefined.
 */
export function blockBackward(
  dy: T2,
  weights: BlockWeights,
  lora: BlockLora,
  saved: BlockSaved,
  batch: BatchContext,
  options: { rows?: T1; wantInput: boolean },
): { dx: T2 | undefined; gradient: BlockGradient } {
  return scoped(() => {
    const { operations: op, config, segments, rotation } = batch;
    const tokens = saved.x.shape[0];
    const norm = config.normEpsilon;
    const gradient = {} as BlockGradient;
    const back = (name: Product, input: T2, dOut: T2): T2 => {
      gradient[name] = op.loraGradient(input, dOut, lora[name]);
      return tf.matMul(dOut, weights[name]);
    };
    const dGateUp = op.swigluGradient(back('down', op.swiglu(saved.gateUp), dy), saved.gateUp);
    const m = op.rmsNorm(saved.h, weights.feedForwardNorm, norm);
    const dm = back('gateUp', m, dGateUp);
    const dh = op.rmsNormGradient(dm, saved.h, weights.feedForwardNorm, norm, dy);

    const dMixed = back('output', select(saved.mixed, options.rows), dh);
    const dRotated = op.attentionGradient(
      { ...saved, y: saved.mixed },
      spread(dMixed, options.rows, tokens),
      segments,
      config,
    );
    const dqkv = normHeadsGradient(op.rope(dRotated, rotation, rotated(config), -1), saved, weights, batch);
    const n = op.rmsNorm(saved.x, weights.attentionNorm, norm);
    gradient.qkv = op.loraGradient(n, dqkv, lora.qkv);
    if (!options.wantInput) return { dx: undefined, gradient };
    const dn = tf.matMul<T2>(dqkv, weights.qkv);
    const dx = op.rmsNormGradient(dn, saved.x, weights.attentionNorm, norm, spread(dh, options.rows, tokens));
    return { dx, gradient };
  });
}

/** y = x W′ᵀ, plus the bias where there is one. */
function product(x: T2, weights: BlockWeights, name: Product): T2 {
  const y = tf.matMul<T2>(x, weights[name], false, true);
  const bias = weights.biases[name];
  return bias ? tf.add(y, bias) : y;
}

/** RMSNorm of each query and key head, where the model has it. A new tensor then: rope may overwrite it. */
function normHeads(qkv: T2, { headNorms }: BlockWeights, { operations: op, config }: BatchContext): T2 {
  if (!headNorms) return qkv;
  return perHead(qkv, config, (heads, part) => op.rmsNorm(heads, headNorms[part], config.normEpsilon));
}

function normHeadsGradient(
  dqkv: T2,
  { unnormalised }: BlockSaved,
  { headNorms }: BlockWeights,
  { operations: op, config }: BatchContext,
): T2 {
  if (!headNorms || !unnormalised) return dqkv;
  const before = splitQkv(unnormalised, config);
  return perHead(dqkv, config, (dHeads, part) =>
    op.rmsNormGradient(dHeads, before[part], headNorms[part], config.normEpsilon, tf.zerosLike(dHeads)),
  );
}

/** Heads as rows: queries (T · H, h) and keys (T · K, h); and the values as they are. */
function splitQkv(qkv: T2, { heads, keyValueHeads, headWidth }: LlamaConfig): { query: T2; key: T2; value: T2 } {
  const narrow = keyValueHeads * headWidth;
  const [q, k, value] = tf.split<T2>(qkv, [heads * headWidth, narrow, narrow], 1) as [T2, T2, T2];
  return { query: tf.reshape(q, [-1, headWidth]), key: tf.reshape(k, [-1, headWidth]), value };
}

function perHead(qkv: T2, config: LlamaConfig, change: (heads: T2, part: 'query' | 'key') => T2): T2 {
  const { query, key, value } = splitQkv(qkv, config);
  const tokens = qkv.shape[0];
  const [q, k] = [change(query, 'query'), change(key, 'key')].map((x): T2 => tf.reshape(x, [tokens, -1])) as [T2, T2];
  return tf.concat<T2>([q, k, value], 1);
}

/** Queries and keys are rotated, values are not. */
const rotated = ({ heads, keyValueHeads, headWidth }: LlamaConfig) => ({ heads: heads + keyValueHeads, headWidth });

/** The rows that somebody reads. */
const select = (x: T2, rows: T1 | undefined): T2 => (rows ? tf.gather(x, rows) : x);

/** The way back of `select`: zero for the rows that nobody read. */
const spread = (dx: T2, rows: T1 | undefined, tokens: number): T2 =>
  rows ? tf.scatterND(tf.expandDims(rows, 1), dx, [tokens, dx.shape[1]]) : dx;
