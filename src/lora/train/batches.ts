// From examples to packed batches: several examples in one row without padding, the loss on completion tokens only.
import { LoraError } from '../lora-error.js';
import type { PackedBatch } from '../model/llama.js';
import { deriveSeed, seededRandom, shuffled } from '../random.js';

/** One example, tokenised by the engine's own tokenizer. `completionTokens` ends with the end-of-turn token. */
export interface TrainingItem {
  id: string;
  promptTokens: readonly number[];
  completionTokens: readonly number[];
  /** Weight of each of its completion tokens in the loss; 1 is normal. */
  weight: number;
}

const lengthOf = (item: TrainingItem) => item.promptTokens.length + item.completionTokens.length - 1;

/**
 * Packs examples into one row. The last completion token is never an input (nothing follows it), so an example takes
 * prompt + completion − 1 rows. Targets are found by position, never by token id: `<|im_end|>` is end of turn *and* padding.
 */
export function pack(items: readonly TrainingItem[]): PackedBatch {
  const tokens: number[] = [];
  const positions: number[] = [];
  const segments: { start: number; length: number }[] = [];
  const targetRows: number[] = [];
  const targetTokens: number[] = [];
  const targetWeights: number[] = [];
  for (const item of items) {
    const start = tokens.length;
    const length = lengthOf(item);
    const all = [...item.promptTokens, ...item.completionTokens];
    for (let position = 0; position < length; position++) {
      tokens.push(all[position] as number);
      positions.push(position);
    }
    item.completionTokens.forEach((token, i) => {
      targetRows.push(start + item.promptTokens.length - 1 + i);
      targetTokens.push(token);
      targetWeights.push(item.weight);
    });
    segments.push({ start, length });
  }
  return {
    tokens: Int32Array.from(tokens),
    positions: Int32Array.from(positions),
    segments,
    targetRows: Int32Array.from(targetRows),
    targetTokens: Int32Array.from(targetTokens),
    targetWeights: Float32Array.from(targetWeights),
  };
}

/** Groups examples, in order, into micro-batches of at most `maxTokens` rows; a single longer example gets its own. */
export function microBatches(items: readonly TrainingItem[], maxTokens: number): TrainingItem[][] {
  const groups: TrainingItem[][] = [];
  let room = 0;
  for (const item of items) {
    const length = lengthOf(item);
    if (length > room) {
      groups.push([]);
      room = maxTokens;
    }
    (groups.at(-1) as TrainingItem[]).push(item);
    room -= length;
  }
  return groups;
}

/** Optimiser steps in a run: the last batch of an epoch may be smaller. */
export function stepCount(items: number, examplesPerStep: number, epochs: number): number {
  return Math.ceil(items / examplesPerStep) * epochs;
}

/** The examples of optimiser step `step` (from 0). A function of (seed, step) alone, so a resumed run sees the same ones. */
export function stepItems(
  items: readonly TrainingItem[],
  step: number,
  examplesPerStep: number,
  seed: number,
): TrainingItem[] {
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
export function checkItems(items: readonly TrainingItem[], contextTokens: number): void {
  if (items.length === 0) throw new LoraError('train.nothing_to_learn', 'There are no examples to train on.');
  for (const item of items) {
    if (item.promptTokens.length === 0 || item.completionTokens.length === 0) {
      throw new LoraError('train.nothing_to_learn', `Example ${item.id} has an empty prompt or completion.`);
    }
    if (lengthOf(item) > contextTokens) {
      throw new LoraError(
        'train.item_too_long',
        `Example ${item.id} has ${lengthOf(item)} tokens; the model takes ${contextTokens}.`,
      );
    }
  }
}
