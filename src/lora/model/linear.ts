// A frozen linear layer with its LoRA update, forward and backward. No gradient is ever formed for the frozen weight.
import * as tf from '@tensorflow/tfjs-core';
import type { LoraPair } from './lora.js';

type T2 = tf.Tensor2D;

/** What the gradient needs besides the layer's input: u = s · x Aᵀ (T, r); undefined without an adapter. */
export interface LinearOutput {
  y: T2; // (T, out)
  u: T2 | undefined;
}

/** y = x Wᵀ + b + s (x Aᵀ) Bᵀ with W (out, in), b (out) where there is one, s = alpha / rank (Hu et al. 2021, section 4.1). */
export function linear(
  x: T2,
  weight: T2,
  bias: tf.Tensor1D | undefined,
  lora: LoraPair | undefined,
  scaling: number,
): LinearOutput {
  const product = tf.matMul<T2>(x, weight, false, true);
  const y = bias ? tf.add<T2>(product, bias) : product;
  if (!lora) return { y, u: undefined };
  const u = tf.mul<T2>(tf.matMul(x, lora.a, false, true), scaling);
  return { y: tf.add<T2>(y, tf.matMul(u, lora.b, false, true)), u };
}

/**
 * With v = s · dy B: dB = dyᵀ u, dA = vᵀ x and dx = dy W + v A.
 * `wantInput` false saves the largest product where nothing below learns.
 */
export function linearGradient(
  dy: T2,
  x: T2,
  u: T2,
  weight: T2,
  lora: LoraPair,
  scaling: number,
  wantInput = true,
): { dx: T2 | undefined; pair: LoraPair } {
  const v = tf.mul<T2>(tf.matMul(dy, lora.b), scaling); // (T, r)
  const pair: LoraPair = { a: tf.matMul(v, x, true, false), b: tf.matMul(dy, u, true, false) };
  const dx = wantInput ? tf.add<T2>(tf.matMul(dy, weight), tf.matMul(v, lora.a)) : undefined;
  return { dx, pair };
}
