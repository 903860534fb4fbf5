// An exponential moving average of the adapter (Polyak averaging, as in Tarvainen & Valpola 2017): steadier than the last values.
import * as tf from '@tensorflow/tfjs-core';
import { free, scoped } from '../tensor/scope.js';

/**
 * ema ← d · ema + (1 − d) · values after update `updates` (from 1), with d rising to `decay` as min(decay, (1 + n) / (10 + n)):
 * otherwise a short run's average would still be mostly its start. Frees the old average.
 */
export function nextEma(ema: tf.Tensor1D, values: tf.Tensor1D, updates: number, decay: number): tf.Tensor1D {
  const d = Math.min(decay, (1 + updates) / (10 + updates));
  const next = scoped(() => tf.add<tf.Tensor1D>(tf.mul(ema, d), tf.mul(values, 1 - d)));
  free(ema);
  return next;
}
