// AdamW (Loshchilov & Hutter 2019, algorithm 2) on the adapter's one flat vector, after clipping the gradient's global
// norm (Pascanu et al. 2013).
import * as tf from '@tensorflow/tfjs-core';
import { free, scoped } from '../tensor/scope.js';

type T1 = tf.Tensor1D;

export interface AdamWSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Decoupled decay, per step × learning rate. */
  weightDecay: number;
  /** Largest global norm of the gradient; larger ones are scaled down to it. */
  clipNorm: number;
}

export const ADAMW_DEFAULTS: AdamWSettings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, clipNorm: 1 };

/** Parameters and moments, (P) each. */
export interface OptimiserState {
  values: T1;
  firstMoment: T1;
  secondMoment: T1;
  /** Updates applied so far. */
  updates: number;
}

export function createOptimiser(
  values: Float32Array,
  moments?: { first: Float32Array; second: Float32Array; updates: number },
): OptimiserState {
  const zeros = () => tf.zeros<tf.Rank.R1>([values.length]);
  return {
    values: tf.tensor1d(values.slice()),
    firstMoment: moments ? tf.tensor1d(moments.first) : zeros(),
    secondMoment: moments ? tf.tensor1d(moments.second) : zeros(),
    updates: moments?.updates ?? 0,
  };
}

/** Applies one update in place of the old tensors. `gradientNorm` is the global norm before clipping. */
export function adamwUpdate(
  state: OptimiserState,
  gradient: T1,
  gradientNorm: number,
  learningRate: number,
  settings: AdamWSettings,
): void {
  const { beta1, beta2, epsilon, weightDecay, clipNorm } = settings;
  const clip = gradientNorm > clipNorm ? clipNorm / gradientNorm : 1;
  const t = state.updates + 1;
  const next = scoped(() => {
    const g = tf.mul<T1>(gradient, clip);
    const firstMoment = tf.add<T1>(tf.mul(state.firstMoment, beta1), tf.mul(g, 1 - beta1));
    const secondMoment = tf.add<T1>(tf.mul(state.secondMoment, beta2), tf.mul(tf.square(g), 1 - beta2));
    const rootSecond = tf.sqrt(tf.mul(secondMoment, 1 / (1 - beta2 ** t))); // bias-corrected
    const direction = tf.div(firstMoment, tf.add(rootSecond, epsilon));
    const decayed = weightDecay ? tf.mul<T1>(state.values, 1 - learningRate * weightDecay) : state.values;
    const values = tf.sub<T1>(decayed, tf.mul(direction, learningRate / (1 - beta1 ** t)));
    return { values, firstMoment, secondMoment };
  });
  free(state.values, state.firstMoment, state.secondMoment);
  Object.assign(state, next, { updates: t });
}

/** Linear warm-up over the first `warmupShare` of the steps, then a cosine to zero (Loshchilov & Hutter 2017, SGDR). `step` from 0. */
export function learningRateAt(step: number, steps: number, peak: number, warmupShare: number): number {
  const warmup = Math.max(1, Math.round(steps * warmupShare));
  if (step < warmup) return (peak * (step + 1)) / warmup;
  return (peak * (1 + Math.cos((Math.PI * (step - warmup)) / Math.max(1, steps - warmup)))) / 2;
}
