// Penalties that pull the adapter back to the values it started from, in place of (or beside) rehearsal and a KL term. Each is a
// function of the flat vector θ (P) alone.
import * as tf from '@tensorflow/tfjs-core';
import type { LlamaModel } from '../model/llama.js';
import type { LoraAdapter } from '../model/lora.js';
import { free, scoped } from '../tensor/scope.js';
import type { SftItem } from './batches.js';
import { stepGradient, type Penalty } from './gradient.js';
import { LOSS_DEFAULTS } from './losses/loss.js';
import { makeReference } from './reference.js';

type T1 = tf.Tensor1D;

/** Examples that the Fisher information is estimated from, at most. */
const FISHER_ITEMS_MAX = 256;

/** L2-SP (Li, Grandvalet & Davoine 2018, equation 3): λ/2 ‖θ − θ₀‖², with θ₀ the champion's adapter. */
export function l2sp(start: T1, strength: number): Penalty {
  return (flat) =>
    scoped(() => {
      const away = tf.sub<T1>(flat, start);
      return {
        loss: tf.mul<tf.Scalar>(tf.sum(tf.square(away)), strength / 2),
        gradient: tf.mul<T1>(away, strength),
      };
    });
}

/** EWC (Kirkpatrick et al. 2017, equation 3): λ/2 Σ F (θ − θ₀)²: what the old answers depend on moves least. */
export function ewc(start: T1, fisher: T1, strength: number): Penalty {
  return (flat) =>
    scoped(() => {
      const away = tf.sub<T1>(flat, start);
      const gradient = tf.mul<T1>(tf.mul(away, fisher), strength);
      return { loss: tf.mul<tf.Scalar>(tf.sum(tf.mul(away, gradient)), 0.5), gradient };
    });
}

/**
 * The diagonal of the (empirical) Fisher information at the start: the mean over examples of (∂ log p(completion) / ∂θ)², (P).
 * From at most 256 of them, evenly spread. A gradient each: about as long as an epoch over them.
 */
export async function fisherDiagonal(
  model: LlamaModel,
  adapter: LoraAdapter,
  items: readonly SftItem[],
): Promise<Float32Array> {
  const every = Math.ceil(items.length / FISHER_ITEMS_MAX);
  const chosen = items
    .filter((_, i) => i % every === 0)
    .map((item): SftItem => ({ ...item, distil: false, weight: 1 }));
  const reference = await makeReference({ model, adapter, items: [], microBatchTokens: 1, keepStart: 0 });
  const flat = tf.tensor1d(adapter.values);
  let fisher = tf.zerosLike<T1>(flat);
  for (const item of chosen) {
    const step = { model, adapter, flat, items: [item], microBatchTokens: 1, losses: LOSS_DEFAULTS, reference };
    const { gradient } = await stepGradient(step); // of the mean −log p over its tokens
    const scale = item.completionTokens.length ** 2 / chosen.length;
    const next = scoped(() => tf.add<T1>(fisher, tf.mul(tf.square(gradient), scale)));
    free(fisher, gradient);
    fisher = next;
  }
  const values = (await fisher.data()) as Float32Array;
  free(flat, fisher);
  return values;
}
