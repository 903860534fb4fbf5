// One transformer block of the llama family (Touvron et al. 2023), forward and backward:
//   h = x + Wo · attention(rope(Wq n), rope(Wk n), Wv n),  n = RMSNorm(x)
//   y = h + Wdown · swiglu(Wgate m, Wup m),                m = RMSNorm(h)
// Qwen2 adds biases to q, k and v; Qwen3 normalises each head of q and k before rope (Yang et al. 2025, section 2).
// Shapes: T tokens, D width, F feed-forward width, H heads, K key/value heads, h head width.
import * as tf from '@tensorflow/tfjs-core';
import {
  attention,
  attentionGradient,
  rmsNorm,
  rmsNormGradient,
  rope,
  ropeGradient,
  swiglu,
  swigluGradient,
  type AttentionSaved,
  type CausalMasks,
  type Rotation,
  type Segment,
} from '../tensor/ops.js';
import { scoped } from '../tensor/scope.js';
import type { LlamaConfig } from './config.js';
import { linear, linearGradient } from './linear.js';
import type { BlockLora, Target } from './lora.js';

type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;
type T3 = tf.Tensor3D;

/** Frozen weights of a block, float32; linear layers are (out, in). */
export type BlockWeights = Record<Target, T2> & {
  attn_norm: T1; // (D)
  ffn_norm: T1; // (D)
  /** Of the linear layers that have one (Qwen2: q, k, v). */
  biases: Partial<Record<Target, T1>>;
  /** Norms of the query and key heads (Qwen3), (h). */
  attn_q_norm?: T1;
  attn_k_norm?: T1;
};

/** What is the same for every block of one packed batch. */
export interface BatchContext {
  config: LlamaConfig;
  segments: readonly Segment[];
  rotation: Rotation;
  masks: CausalMasks;
  /** alpha / rank of the adapter in use; 1 without one. */
  scaling: number;
}

/**
 * What the backward pass needs of a block. The inputs of Wq, Wk, Wv, Wgate, Wup and Wdown are not kept but computed again
 * from these (element-wise, cheap): it saves a third of the memory.
 */
export interface BlockSaved {
  attnNormalised: T2; // (T, D)
  attnInverseRms: T2; // (T, 1)
  /** Of the query and key heads, where these are normalised. */
  qNorm: HeadNormSaved | undefined;
  kNorm: HeadNormSaved | undefined;
  attention: AttentionSaved;
  attentionOutput: T2; // (T, H · h)
  ffnNormalised: T2; // (T, D)
  ffnInverseRms: T2; // (T, 1)
  gate: T2; // (T, F)
  up: T2; // (T, F)
  /** u = s · x Aᵀ of each linear layer, (T, r). */
  u: Record<Target, T2>;
}

interface HeadNormSaved {
  normalised: T2; // (T · heads, h)
  inverseRms: T2; // (T · heads, 1)
}

/** Runs the block on x (T, D); `saved` is there only with an adapter. Disposes nothing of its input. */
export function blockForward(
  x: T2,
  weights: BlockWeights,
  lora: BlockLora | undefined,
  batch: BatchContext,
): { y: T2; saved?: BlockSaved } {
  return scoped(() => {
    const { config, segments, masks, rotation } = batch;
    const apply = (target: Target, input: T2) =>
      linear(input, weights[target], weights.biases[target], lora?.[target], batch.scaling);
    const n = rmsNorm(x, weights.attn_norm, config.normEpsilon);
    const [q, k, v] = [apply('attn_q', n.y), apply('attn_k', n.y), apply('attn_v', n.y)];
    const qHeads = normHeads(splitHeads(q.y, config.heads), weights.attn_q_norm, config.normEpsilon);
    const kHeads = normHeads(splitHeads(k.y, config.keyValueHeads), weights.attn_k_norm, config.normEpsilon);
    const mixed = attention(
      rope(qHeads.y, rotation),
      rope(kHeads.y, rotation),
      splitHeads(v.y, config.keyValueHeads),
      segments,
      masks,
    );
    const attentionOutput = joinHeads(mixed.y);
    const o = apply('attn_output', attentionOutput);
    const h = tf.add<T2>(x, o.y);
    const m = rmsNorm(h, weights.ffn_norm, config.normEpsilon);
    const [gate, up] = [apply('ffn_gate', m.y), apply('ffn_up', m.y)];
    const down = apply('ffn_down', swiglu(gate.y, up.y));
    const y = tf.add<T2>(h, down.y);
    if (!lora) return { y };
    const saved = {
      attnNormalised: n.normalised,
      attnInverseRms: n.inverseRms,
      qNorm: qHeads.saved,
      kNorm: kHeads.saved,
      attention: mixed.saved,
      attentionOutput,
      ffnNormalised: m.normalised,
      ffnInverseRms: m.inverseRms,
      gate: gate.y,
      up: up.y,
      u: { attn_q: q.u, attn_k: k.u, attn_v: v.u, attn_output: o.u, ffn_gate: gate.u, ffn_up: up.u, ffn_down: down.u },
    };
    return { y, saved: saved as BlockSaved };
  });
}

/**
 * From dL/dy (T, D) to dL/dx (T, D) and the gradients of the block's A and B.
 * `wantInput` is false for the first block, below which nothing learns; then `dx` is undefined.
 */
export function blockBackward(
  dy: T2,
  weights: BlockWeights,
  lora: BlockLora,
  saved: BlockSaved,
  batch: BatchContext,
  wantInput: boolean,
): { dx: T2 | undefined; gradients: BlockLora } {
  return scoped(() => {
    const gradients = {} as BlockLora;
    const back = (target: Target, dOut: T2, input: T2, wanted = true): T2 | undefined => {
      const { dx, pair } = linearGradient(
        dOut,
        input,
        saved.u[target],
        weights[target],
        lora[target],
        batch.scaling,
        wanted,
      );
      gradients[target] = pair;
      return dx;
    };
    const dh = tf.add<T2>(dy, feedForwardBackward(dy, weights, saved, back));
    const dx = attentionBackward(dh, weights, saved, batch, back, wantInput);
    return { dx: dx && tf.add<T2>(dh, dx), gradients };
  });
}

type Back = (target: Target, dOut: T2, input: T2, wanted?: boolean) => T2 | undefined;

/** dL/dh through Wdown, SwiGLU, Wgate, Wup and the norm; the residual path is added by the caller. */
function feedForwardBackward(dy: T2, weights: BlockWeights, saved: BlockSaved, back: Back): T2 {
  const dActivation = back('ffn_down', dy, swiglu(saved.gate, saved.up)) as T2;
  const { dGate, dUp } = swigluGradient(dActivation, saved.gate, saved.up);
  const m = tf.mul<T2>(saved.ffnNormalised, weights.ffn_norm);
  const dm = tf.add<T2>(back('ffn_gate', dGate, m) as T2, back('ffn_up', dUp, m) as T2);
  return rmsNormGradient(dm, weights.ffn_norm, saved.ffnNormalised, saved.ffnInverseRms);
}

/** dL/dx through Wo, attention, rope, Wq, Wk, Wv and the norm; the residual path is added by the caller. */
function attentionBackward(
  dh: T2,
  weights: BlockWeights,
  saved: BlockSaved,
  { config, segments, rotation }: BatchContext,
  back: Back,
  wantInput: boolean,
): T2 | undefined {
  const dMixed = back('attn_output', dh, saved.attentionOutput) as T2;
  const { dq, dk, dv } = attentionGradient(splitHeads(dMixed, config.heads), segments, saved.attention);
  const n = tf.mul<T2>(saved.attnNormalised, weights.attn_norm);
  const dqHeads = normHeadsGradient(ropeGradient(dq, rotation), weights.attn_q_norm, saved.qNorm);
  const dkHeads = normHeadsGradient(ropeGradient(dk, rotation), weights.attn_k_norm, saved.kNorm);
  const parts = [
    back('attn_q', joinHeads(dqHeads), n, wantInput),
    back('attn_k', joinHeads(dkHeads), n, wantInput),
    back('attn_v', joinHeads(dv), n, wantInput),
  ];
  if (!wantInput) return undefined;
  return rmsNormGradient(tf.addN(parts as T2[]), weights.attn_norm, saved.attnNormalised, saved.attnInverseRms);
}

/** RMSNorm of each head of x (T, heads, h), where the model has it; otherwise x itself. */
function normHeads(x: T3, weight: T1 | undefined, epsilon: number): { y: T3; saved?: HeadNormSaved } {
  if (!weight) return { y: x };
  const { y, ...saved } = rmsNorm(tf.reshape(x, [-1, x.shape[2]]), weight, epsilon);
  return { y: tf.reshape(y, x.shape), saved };
}

function normHeadsGradient(dy: T3, weight: T1 | undefined, saved: HeadNormSaved | undefined): T3 {
  if (!weight || !saved) return dy;
  const flat: T2 = tf.reshape(dy, [-1, dy.shape[2]]);
  return tf.reshape(rmsNormGradient(flat, weight, saved.normalised, saved.inverseRms), dy.shape);
}

/** (T, heads · h) → (T, heads, h). */
function splitHeads(x: T2, heads: number): T3 {
  return tf.reshape(x, [x.shape[0], heads, x.shape[1] / heads]);
}

/** (T, heads, h) → (T, heads · h). */
function joinHeads(x: T3): T2 {
  return tf.reshape(x, [x.shape[0], x.shape[1] * x.shape[2]]);
}
