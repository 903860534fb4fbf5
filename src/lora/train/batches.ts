// From examples to packed batches: several examples in one row without padding, the loss on completion tokens only.
import { LoraError } from '../lora-error.js';
import type { PackedBatch } from '../model/llama.js';
import type { Segment } from '../tensor/ops.js';
import { deriveSeed, seededRandom, shuffled } from '../random.js';

/** One example, tokenised by the engine's own tokenizer. `completionTokens` ends with the end-of-turn token. */
export interface TrainingItem {
  id: string;
  promptTokens: readonly number[];
  completionTokens: readonly number[];
  /** Weight of each of its completion tokens in the loss; 1 is normal. */
  weight: number;
  /**
   * True for rehearsal: what is learnt at each completion token is not that token but the whole distribution of the model as it
   * was when the run started, so that it goes on answering here as before (Li & Hoiem 2016; Hinton et al. 2015).
   */
  distil?: boolean;
}

/** Rows that an example takes: the last completion token is never an input, since nothing follows it. */
export const rowsOf = (item: TrainingItem): number => item.promptTokens.length + item.completionTokens.length - 1;

/** A shorter common prefix costs more in extra products than it saves. */
const MIN_SHARED_PREFIX = 8;

/**
 * Packs examples into one row. What all prompts begin with (an assistant's instructions) is computed once, as rows that every
 * example sees. Targets are found by position, never by token id: `<|im_end|>` is end of turn *and* padding.
 */
export function pack(items: readonly TrainingItem[]): PackedBatch {
  const prefix = sharedPrefix(items);
  const tokens = items[0]?.promptTokens.slice(0, prefix) ?? [];
  const positions = tokens.map((_, position) => position);
  const segments: Segment[] = prefix > 0 ? [{ start: 0, length: prefix, prefix: 0 }] : [];
  const targets: { row: number; token: number; weight: number }[] = [];
  for (const item of items) {
    const start = tokens.length;
    const end = rowsOf(item);
    const all = [...item.promptTokens, ...item.completionTokens];
    for (let position = prefix; position < end; position++) {
      tokens.push(all[position] as number);
      positions.push(position);
    }
    const firstRow = start + item.promptTokens.length - 1 - prefix;
    item.completionTokens.forEach((token, i) => targets.push({ row: firstRow + i, token, weight: item.weight }));
    segments.push({ start, length: end - prefix, prefix });
  }
  return {
    tokens: Int32Array.from(tokens),
    positions: Int32Array.from(positions),
    segments,
    targetRows: Int32Array.from(targets, ({ row }) => row),
    targetTokens: Int32Array.from(targets, ({ token }) => token),
    targetWeights: Float32Array.from(targets, ({ weight }) => weight),
  };
}

/** Length of what all prompts begin with; each keeps at least its last prompt token for itself, which predicts the answer's first. */
function sharedPrefix(items: readonly TrainingItem[]): number {
  const first = items[0]?.promptTokens;
  if (!first || items.length < 2) return 0;
  let shared = Math.min(...items.map((item) => item.promptTokens.length)) - 1;
  for (const { promptTokens } of items) {
    for (let i = 0; i < shared; i++) if (promptTokens[i] !== first[i]) shared = i;
  }
  return shared < MIN_SHARED_PREFIX ? 0 : shared;
}

/** Groups examples, in order, into micro-batches of at most `maxTokens` rows; a single longer example gets its own. */
export function microBatches(items: readonly TrainingItem[], maxTokens: number): TrainingItem[][] {
  const groups: TrainingItem[][] = [];
  let room = 0;
  for (const item of items) {
    const length = rowsOf(item);
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
    if (rowsOf(item) > contextTokens) {
      throw new LoraError(
        'train.item_too_long',
        `Example ${item.id} has ${rowsOf(item)} tokens; the model takes ${contextTokens}.`,
      );
    }
  }
}
