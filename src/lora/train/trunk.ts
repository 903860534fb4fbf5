// Training the top k blocks only: what comes below them (the trunk) never changes, so its output is computed once for every
// example and kept across epochs.
import * as tf from '@tensorflow/tfjs-core';
import { foldAdapter, foldBlocks } from '../model/fold.js';
import { trunkForward, type LlamaModel, type PackedBatch } from '../model/llama.js';
import type { LoraAdapter } from '../model/lora.js';
import type { RowRange } from '../tensor/segments.js';
import { completionsOf, type TrainingItem } from './batches.js';

type T2 = tf.Tensor2D;

/** What is kept of the trunk's outputs, at most; what does not fit is computed again each time. 230,000 rows of 576 numbers. */
export const TRUNK_CACHE_BYTES_MAX = 512 * 2 ** 20;

/** The blocks that learn, as a model and an adapter of their own, and the frozen ones below them. */
export interface Trunk {
  upper: { model: LlamaModel; adapter: LoraAdapter };
  /** Where the upper adapter's values begin in the whole one's. */
  offset: number;
  /** The trunk's output for a packed batch of these examples, (T, D); the caller disposes it. */
  outputs(batch: PackedBatch, items: readonly TrainingItem[]): Promise<T2>;
  dispose(): void;
}

/** `layers` is k, from 1 to one less than the model has. The trunk is the model with the adapter as it is now. */
export function openTrunk(
  model: LlamaModel,
  adapter: LoraAdapter,
  layers: number,
  cacheBytes = TRUNK_CACHE_BYTES_MAX,
): Trunk {
  const below = model.config.layers - layers;
  const lower = part(adapter, (block) => block < below);
  const upper = part(adapter, (block) => block >= below);
  const frozen = { ...model, blocks: model.blocks.slice(0, below) };
  const folded = isIdentity(lower.adapter) ? foldBlocks(frozen, undefined) : foldAdapter(frozen, lower.adapter);
  const cache = new Map<TrainingItem, Float32Array[]>();
  let room = cacheBytes;
  const keep = (item: TrainingItem, rows: Float32Array[]) => {
    const bytes = rows.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (cache.has(item) || bytes > room) return;
    cache.set(item, rows);
    room -= bytes;
  };
  const { width } = model.config;
  return {
    upper: { model: { ...model, blocks: model.blocks.slice(below) }, adapter: upper.adapter },
    offset: upper.offset,
    async outputs(batch, items) {
      const known = items.flatMap((item) => cache.get(item) ?? []);
      const ranges = completionRanges(batch, items);
      if (known.length === ranges.length) return assemble(batch, ranges, known, width);
      const x = trunkForward(frozen, folded.blocks, batch);
      const values = (await x.data()) as Float32Array;
      const rows = ranges.map((of) => copyRows(values, of, width));
      for (const item of items) keep(item, rows.splice(0, completionsOf(item).length));
      return x;
    },
    dispose: () => folded.dispose(),
  };
}

/** The whole adapter with these values; with a trunk, they are those of its upper part. */
export function withUpper(adapter: LoraAdapter, values: Float32Array, trunk: Trunk | undefined): LoraAdapter {
  if (!trunk) return { ...adapter, values };
  const whole = adapter.values.slice();
  whole.set(values, trunk.offset);
  return { ...adapter, values: whole };
}

/** The adapter of some blocks alone; they follow each other in the flat vector. */
function part(adapter: LoraAdapter, wanted: (block: number) => boolean): { adapter: LoraAdapter; offset: number } {
  const own = adapter.matrices.filter(({ block }) => wanted(block));
  const offset = own[0]?.offsetA ?? 0;
  const matrices = own.map((matrix) => ({
    ...matrix,
    block: matrix.block - (own[0]?.block ?? 0),
    offsetA: matrix.offsetA - offset,
    offsetB: matrix.offsetB - offset,
  }));
  const length = own.reduce((sum, { inputs, outputs }) => sum + adapter.rank * (inputs + outputs), 0);
  return { adapter: { ...adapter, matrices, values: adapter.values.slice(offset, offset + length) }, offset };
}

/** True for an adapter whose every B is zero: folding it would only copy the weights. */
function isIdentity({ matrices, rank, values }: LoraAdapter): boolean {
  return matrices.every(({ offsetB, outputs }) =>
    values.subarray(offsetB, offsetB + outputs * rank).every((b) => b === 0),
  );
}

/** The rows of each completion in a packed batch, in the order of its positions: what it shares, then its own. */
function completionRanges({ segments, targetRows }: PackedBatch, items: readonly TrainingItem[]): RowRange[][] {
  let at = 0;
  return items.flatMap(completionsOf).map(({ completionTokens }) => {
    const row = targetRows[at] as number;
    at += completionTokens.length;
    const own = segments.find(({ start, length }) => row >= start && row < start + length);
    return own ? [...own.visible, own] : [];
  });
}

function copyRows(values: Float32Array, ranges: readonly RowRange[], width: number): Float32Array {
  const rows = new Float32Array(ranges.reduce((sum, { length }) => sum + length, 0) * width);
  let at = 0;
  for (const { start, length } of ranges) {
    rows.set(values.subarray(start * width, (start + length) * width), at);
    at += length * width;
  }
  return rows;
}

/** The way back of `copyRows`, for all completions of a batch. */
function assemble({ tokens }: PackedBatch, ranges: RowRange[][], rows: Float32Array[], width: number): T2 {
  const values = new Float32Array(tokens.length * width);
  ranges.forEach((of, i) => {
    let at = 0;
    for (const { start, length } of of) {
      values.set((rows[i] as Float32Array).subarray(at, at + length * width), start * width);
      at += length * width;
    }
  });
  return tf.tensor2d(values, [tokens.length, width]);
}
