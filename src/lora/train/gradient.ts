// The gradient of the loss over one optimiser step's examples, summed over its micro-batches.
import * as tf from '@tensorflow/tfjs-core';
import type { BlockLora } from '../model/block.js';
import { foldBlocks, type FoldedBlocks } from '../model/fold.js';
import { forward, type LlamaModel } from '../model/llama.js';
import { adapterParts, type LoraAdapter } from '../model/lora.js';
import { free, scoped } from '../tensor/scope.js';
import { completionsOf, microBatches, rowsOf, type TrainingItem } from './batches.js';
import { targetEmbeddings } from './distil.js';
import { crossEntropy } from './loss.js';
import type { LossContext, LossSettings } from './losses/loss.js';
import { lossOf, stepTotals } from './losses/losses.js';
import { pack } from './pack.js';
import { currentBaseline, type Reference } from './reference.js';
import { withUpper, type Trunk } from './trunk.js';

/** A term of the loss that depends on the adapter's values alone, and its gradient (P); the caller disposes both. */
export type Penalty = (flat: tf.Tensor1D) => { loss: tf.Scalar; gradient: tf.Tensor1D };

export interface StepOptions {
  model: LlamaModel;
  /** Its layout, rank and alpha; its `values` are read only below a trunk. */
  adapter: LoraAdapter;
  /** The adapter's current values, (P). */
  flat: tf.Tensor1D;
  items: readonly TrainingItem[];
  microBatchTokens: number;
  losses: LossSettings;
  reference: Reference;
  penalty?: Penalty | undefined;
  /** Where only the top blocks learn: `flat` and the gradient are then those of its upper adapter. */
  trunk?: Trunk | undefined;
}

/** What one optimiser step needs. The caller disposes `gradient`. */
export interface StepGradient {
  gradient: tf.Tensor1D; // (P)
  loss: number;
  norm: number;
  /** Tokens learnt from: each example counted whole, also where a shared prefix was computed once. */
  tokens: number;
}

/** What is the same for all the step's examples. */
type StepContext = Omit<LossContext, 'reference'>;

/** The losses are normalised over *all* the examples, so it does not matter how they are cut into micro-batches. */
export async function stepGradient(options: StepOptions): Promise<StepGradient> {
  const { flat, items, microBatchTokens, losses, reference, penalty } = options;
  const { model, adapter } = options.trunk?.upper ?? options;
  const totals = stepTotals(items);
  const context = { settings: losses, totals, balance: reference.balance, klBaseline: await baseline(options) };
  const sum = { loss: 0, tokens: 0, gradient: tf.zerosLike<tf.Tensor1D>(flat) };
  const add = (gradient: tf.Tensor1D) => {
    const next = tf.add<tf.Tensor1D>(sum.gradient, gradient);
    free(sum.gradient, gradient);
    sum.gradient = next;
  };
  const parts = adapterParts(flat, adapter);
  const folded = foldBlocks(model, parts);
  for (const group of microBatches(items, microBatchTokens, completionsOf)) {
    const part = await microBatchGradient(options, { parts, folded }, group, context);
    add(part.gradient);
    sum.loss += part.loss;
    sum.tokens += group.reduce((tokens, item) => tokens + rowsOf(completionsOf(item)), 0);
    // Between micro-batches the process may hear its parent (cancel) and the scheduler may give the core to a chat.
    await new Promise(setImmediate);
  }
  folded.dispose();
  free(parts);
  if (penalty) {
    const { loss, gradient } = penalty(flat);
    add(gradient);
    sum.loss += (await loss.data())[0] as number;
    free(loss);
  }
  const norm = scoped(() => tf.sqrt(tf.sum(tf.square(sum.gradient))));
  const [value] = await norm.data();
  free(norm);
  return { ...sum, norm: value as number };
}

/** KTO's z for this step. */
async function baseline({ model, adapter, flat, items, reference, trunk }: StepOptions): Promise<number> {
  if (reference.mismatched.size === 0) return 0;
  const current = withUpper(adapter, (await flat.data()) as Float32Array, trunk);
  return currentBaseline(model, current, items, reference);
}

interface Folded {
  parts: readonly BlockLora[];
  folded: FoldedBlocks;
}

async function microBatchGradient(
  { model, reference, trunk }: StepOptions,
  { parts, folded }: Folded,
  items: readonly TrainingItem[],
  context: StepContext,
): Promise<{ gradient: tf.Tensor1D; loss: number }> {
  const batch = pack(items.flatMap(completionsOf));
  const from = await trunk?.outputs(batch, items);
  const pass = forward(model, folded.blocks, batch, true, from);
  const targets = targetEmbeddings(model, items, reference.distil);
  const { nll, dNll } = crossEntropy(pass.hidden, model.head, targets);
  try {
    const { loss, coefficients } = lossOfAll(items, (await nll.data()) as Float32Array, reference, context);
    const gradient = scoped(() => {
      const dHidden = tf.mul<tf.Tensor2D>(tf.tensor2d(coefficients, [coefficients.length, 1]), dNll);
      return pass.backward(dHidden, parts);
    });
    return { gradient, loss };
  } finally {
    pass.dispose();
    free(targets, nll, dNll);
  }
}

/** `nll` (C) are the −log p of all completion tokens of the examples, in order; `coefficients` (C) are ∂L/∂nll. */
function lossOfAll(items: readonly TrainingItem[], nll: Float32Array, reference: Reference, context: StepContext) {
  const coefficients = new Float32Array(nll.length);
  let loss = 0;
  let [from, to] = [0, 0];
  for (const item of items) {
    const tokens = completionsOf(item).map(({ completionTokens }) => {
      return nll.subarray(to, (to += completionTokens.length));
    });
    const value = lossOf(item, tokens, { ...context, reference: reference.nll.get(item) ?? [] });
    loss += value.loss;
    for (const part of value.coefficients) {
      coefficients.set(part, from);
      from += part.length;
    }
  }
  return { loss, coefficients };
}
