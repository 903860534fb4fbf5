// One gradient as plain numbers, for specs.
import * as tf from '@tensorflow/tfjs-core';
import type { LlamaModel } from '../model/llama.js';
import type { LoraAdapter } from '../model/lora.js';
import type { TrainingItem } from '../train/batches.js';
import { stepGradient } from '../train/gradient.js';
import { LOSS_DEFAULTS, type LossContext, type LossSettings } from '../train/losses/loss.js';
import { makeReference } from '../train/reference.js';
import type { Trunk } from '../train/trunk.js';

export interface GradientOptions {
  microBatchTokens?: number;
  /** The adapter that the run started with; the same one unless given. */
  start?: LoraAdapter;
  losses?: LossSettings;
  keepStart?: number;
  balance?: LossContext['balance'];
  trunk?: Trunk;
}

/** Loss and gradient of one step over these examples. */
export async function gradientOf(
  model: LlamaModel,
  adapter: LoraAdapter,
  items: readonly TrainingItem[],
  {
    microBatchTokens = 1024,
    start = adapter,
    losses = LOSS_DEFAULTS,
    keepStart = 0,
    balance,
    trunk,
  }: GradientOptions = {},
): Promise<{ gradient: Float32Array; loss: number; norm: number }> {
  const made = await makeReference({ model, adapter: start, items, microBatchTokens, keepStart });
  const reference = balance ? { ...made, balance } : made;
  const flat = tf.tensor1d((trunk?.upper.adapter ?? adapter).values.slice());
  const { gradient, loss, norm } = await stepGradient({
    model,
    adapter,
    flat,
    items,
    microBatchTokens,
    losses,
    reference,
    trunk,
  });
  const values = (await gradient.data()) as Float32Array;
  tf.dispose([flat, gradient]);
  return { gradient: values, loss, norm };
}
