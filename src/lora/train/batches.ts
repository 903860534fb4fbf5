// Examples, and how a run goes through them: which ones a step takes, and how they are cut to bound the memory.
import { LoraError } from '../lora-error.js';
import { deriveSeed, seededRandom, shuffled } from '../random.js';

/** An answer to a prompt, tokenised by the engine's own tokenizer. `completionTokens` ends with the end-of-turn token. */
export interface Completion {
  id: string;
  promptTokens: readonly number[];
  completionTokens: readonly number[];
}

/** An answer to learn. */
export interface SftItem extends Completion {
  kind: 'sft';
  /** Weight of each of its completion tokens in the loss; 1 is normal. */
  weight: number;
  /**
   * For rehearsal: what is learnt at each completion token is not that token but a whole distribution, so that the model goes on
   * answering here as before (Li & Hoiem 2016; Hinton et al. 2015): as when the run started, or as the base model does. The
   * latter is for what no run is meant to change: from run to run, small drifts from the start would add up.
   */
  distil?: false | 'start' | 'base';
}

/** Two answers to one prompt, of which the chosen one is better. */
export interface PreferenceItem {
  kind: 'preference';
  id: string;
  promptTokens: readonly number[];
  chosenTokens: readonly number[];
  rejectedTokens: readonly number[];
  /** Weight of the pair; 1 is normal. */
  weight: number;
}

/** An answer that was found good or bad, with nothing to compare it to. */
export interface BinaryItem extends Completion {
  kind: 'binary';
  desirable: boolean;
  /** Weight of the answer; 1 is normal. */
  weight: number;
}

export type TrainingItem = SftItem | PreferenceItem | BinaryItem;

/** The completions whose log-probabilities an example's loss is made of: for a pair, the chosen one first. */
export function completionsOf(item: TrainingItem): readonly Completion[] {
  if (item.kind !== 'preference') return [item];
  const { id, promptTokens, chosenTokens, rejectedTokens } = item;
  return [
    { id, promptTokens, completionTokens: chosenTokens },
    { id, promptTokens, completionTokens: rejectedTokens },
  ];
}

/** Rows that completions of one prompt take: the last token of each is never an input, since nothing follows it. */
export function rowsOf(completions: readonly Completion[]): number {
  const prompt = completions[0]?.promptTokens.length ?? 0;
  return prompt - 1 + completions.reduce((sum, { completionTokens }) => sum + completionTokens.length, 0);
}

/** Groups examples, in order, into micro-batches of at most `maxTokens` rows; a single longer example gets its own. */
export function microBatches<Item>(
  items: readonly Item[],
  maxTokens: number,
  completions: (item: Item) => readonly Completion[],
): Item[][] {
  const groups: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const length = rowsOf(completions(item));
    if (length > room) {
      groups.push([]);
      room = maxTokens;
    }
    (groups.at(-1) as Item[]).push(item);
    room -= length;
  }
  return groups;
}

/** Optimiser steps in a run: the last batch of an epoch may be smaller. */
export function stepCount(items: number, examplesPerStep: number, epochs: number): number {
  return Math.ceil(items / examplesPerStep) * epochs;
}

/** The examples of optimiser step `step` (from 0). A function of (seed, step) alone, so a resumed run sees the same ones. */
export function stepItems<Item>(items: readonly Item[], step: number, examplesPerStep: number, seed: number): Item[] {
  const perEpoch = Math.ceil(items.length / examplesPerStep);
  const epoch = Math.floor(step / perEpoch);
  const order = shuffled(items, seededRandom(deriveSeed(seed, 1 + epoch)));
  const from = (step % perEpoch) * examplesPerStep;
  return order.slice(from, from + examplesPerStep);
}

/**
 * Refuses what can't be learnt from, before anything is spent on it.
 * @throws LoraError `train.nothing_to_learn`, `train.item_too_long`
 */
export function checkCompletions(completions: readonly Completion[], contextTokens: number): void {
  if (completions.length === 0) throw new LoraError('train.nothing_to_learn', 'There are no examples to train on.');
  for (const item of completions) {
    if (item.promptTokens.length === 0 || item.completionTokens.length === 0) {
      throw new LoraError('train.nothing_to_learn', `Example ${item.id} has an empty prompt or completion.`);
    }
    const rows = rowsOf([item]);
    if (rows > contextTokens) {
      throw new LoraError(
        'train.item_too_long',
        `Example ${item.id} has ${rows} tokens; the model takes ${contextTokens}.`,
      );
    }
  }
}
