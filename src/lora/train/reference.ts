// What the model that a run starts from (the champion) thinks of the examples: computed once, before the first step.
import type { LlamaModel } from '../model/llama.js';
import type { LoraAdapter } from '../model/lora.js';
import { completionsOf, type Completion, type TrainingItem } from './batches.js';
import { distilTargets, type DistilOptions, type DistilTargets } from './distil.js';
import { balance, klBaseline, mismatched } from './losses/kto.js';
import type { LossContext } from './losses/loss.js';
import { scoreCompletions } from './score.js';

export interface Reference {
  /** −log p of each completion, whole, of the pairs and rated answers. */
  nll: ReadonlyMap<TrainingItem, readonly number[]>;
  /** Of each rated answer: its prompt with another's answer, and that one's −log p. */
  mismatched: ReadonlyMap<TrainingItem, { completion: Completion; nll: number }>;
  balance: LossContext['balance'];
  distil: DistilTargets;
  /** All these −log p in one row, in a fixed order: what a checkpoint keeps. (0) where nothing is compared. */
  values: Float32Array;
}

export interface ReferenceOptions extends DistilOptions {
  /** The `values` of an earlier call: spares the forward passes. */
  known?: Float32Array | undefined;
}

export async function makeReference(options: ReferenceOptions): Promise<Reference> {
  const { model, adapter, items, known } = options;
  const own = items.filter(({ kind }) => kind !== 'sft').map((item) => ({ item, completions: completionsOf(item) }));
  const others = [...mismatched(items, model.config.contextTokens)];
  const all = [...own.flatMap(({ completions }) => completions), ...others.map(([, completion]) => completion)];
  const values = known?.length === all.length ? known : await completionNll(model, adapter, all);
  let at = 0;
  const next = () => values[at++] as number;
  return {
    nll: new Map(own.map(({ item, completions }) => [item, completions.map(next)])),
    mismatched: new Map(others.map(([item, completion]) => [item, { completion, nll: next() }])),
    balance: balance(items),
    distil: await distilTargets(options),
    values,
  };
}

/** KTO's z under this adapter, from the mismatched completions of the rated answers; 0 where there are none. */
export async function currentBaseline(
  model: LlamaModel,
  adapter: LoraAdapter,
  items: readonly TrainingItem[],
  reference: Reference,
): Promise<number> {
  const others = items.flatMap((item) => reference.mismatched.get(item) ?? []);
  const completions = others.map(({ completion }) => completion);
  const nll = await completionNll(model, adapter, completions);
  return klBaseline(
    [...nll],
    others.map((other) => other.nll),
  );
}

/** −log p of each completion, whole. */
async function completionNll(
  model: LlamaModel,
  adapter: LoraAdapter,
  completions: readonly Completion[],
): Promise<Float32Array> {
  if (completions.length === 0) return new Float32Array();
  const scores = await scoreCompletions(model, adapter, completions);
  return Float32Array.from(scores, ({ logProb }) => -logProb);
}
