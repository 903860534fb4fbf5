// The operations that a llama block is made of, as one interface with two implementations: `reference.ts` says each in plain
// tfjs, for the reader and for every backend; `fused.ts` runs the C++ kernels beside it where they are there. `choose.ts` picks.
//
// Shapes: T tokens of a packed batch, D model width, F feed-forward width, H query heads, K key/value heads, h head width.
import type * as tf from '@tensorflow/tfjs-core';
import type { EncodedSegments } from './segments.js';

type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;

/** The adapter's part for linear layers that are multiplied as one, and how to read it. */
export interface LoraPart {
  /** For each target its A (r, in), then its B (out, r), as in the adapter's flat vector. */
  values: T1;
  /** Outputs of each target, in order. */
  outputs: readonly number[];
  rank: number;
  /** s = alpha / r. */
  scaling: number;
}

/** Head counts of one attention layer. */
export interface Heads {
  heads: number;
  keyValueHeads: number;
  headWidth: number;
}

/** The rotation of each token of a packed batch, as cos and sin of position × frequency. */
export interface Rotation {
  cos: T2; // (T, h / 2)
  sin: T2; // (T, h / 2)
  /** Which two numbers of a head make a pair: (2i, 2i + 1) in llama files, (i, i + h / 2) in the others. */
  pairing: 'neighbours' | 'halves';
}

/** Sums over the vocabulary seen so far, a row each: the largest logit, and Σ exp(logit − peak). */
export interface SoftmaxSums {
  peak: T2; // (C, 1)
  total: T2; // (C, 1)
}

export interface Operations {
  /** W′ = W + s B A (Hu et al. 2021, section 4.1), (out, in): with it a pass needs no further product with A or B on its way. */
  fold(weight: T2, lora: LoraPart): T2;
  /** The gradient of `lora.values`, from the layers' input x (T, in) and dy (T, Σ out): dA = vᵀ x, dB = dyᵀ u, with u = s x Aᵀ, v = s dy B. */
  loraGradient(x: T2, dy: T2, lora: LoraPart): T1;
  /** RMSNorm (Zhang & Sennrich 2019): y = x / rms(x) ⊙ w. */
  rmsNorm(x: T2, weight: T1, epsilon: number): T2;
  /** dL/dx of RMSNorm, plus `residual`: the gradient that comes past the norm on the residual path. */
  rmsNormGradient(dy: T2, x: T2, weight: T1, epsilon: number, residual: T2): T2;
  /**
   * Rotary position embedding (Su et al. 2021, section 3.4.2) of the first `heads` heads of each row; direction −1 rotates back,
   * which is the gradient. May work in place: the caller gives x up and uses only the result.
   */
  rope(x: T2, rotation: Rotation, heads: { heads: number; headWidth: number }, direction: 1 | -1): T2;
  /**
   * Causal softmax attention, block-diagonal over the segments (Vaswani et al. 2017; grouped queries: Ainslie et al. 2023).
   * A row of qkv (T, (H + 2 K) h) holds the rotated queries, the rotated keys, and the values. Gives y (T, H h) and log Σ exp of
   * each row's scores (T, H).
   */
  attention(qkv: T2, segments: EncodedSegments, heads: Heads): { y: T2; logSums: T2 };
  /** dL/dqkv. The probabilities are computed again from logSums (Dao et al. 2022, section 3.1). */
  attentionGradient(saved: { qkv: T2; y: T2; logSums: T2 }, dy: T2, segments: EncodedSegments, heads: Heads): T2;
  /** SwiGLU (Shazeer 2020): silu(gate) ⊙ up, of a row (gate, up): (T, 2 F) → (T, F). */
  swiglu(gateUp: T2): T2;
  /** (T, F) → (T, 2 F); silu′(z) = σ(z) + silu(z)(1 − σ(z)). */
  swigluGradient(dy: T2, gateUp: T2): T2;
  /**
   * One step of the online softmax (Milakov & Gimelshein 2018) over a slice of the vocabulary: e = exp(logits − peak), the sums with the
   * slice in them, and the factor exp(old peak − peak) for what the caller has summed so far. May overwrite logits.
   */
  softmaxStep(logits: T2, sums: SoftmaxSums): { e: T2; sums: SoftmaxSums; factor: T2 };
}
