// How much memory a run will need at its peak, before anything is loaded; and the largest micro-batch that fits what there is.
// A micro-batch bounds the memory, not the result, so it is the one thing to give way.
import { LoraError } from '../lora-error.js';
import type { LlamaConfig } from '../model/config.js';
import { adapterLayout, linearShape, TARGETS } from '../model/lora.js';
import { completionsOf, rowsOf, type TrainingItem } from './batches.js';
import { TRUNK_CACHE_BYTES_MAX } from './trunk.js';

const FLOAT_BYTES = 4;

/** Node with its libraries and the backend loaded, before any weight: measured, 2 threads. */
const PROCESS_BYTES = 330e6;

/** Vectors of P numbers that are alive in an update: values, two moments, gradient sum and part, and the update's own. */
const ADAPTER_COPIES = 12;

/** Columns of the vocabulary whose logits exist at once, and tensors of that size: logits and their exponentials (`loss.ts`). */
const HEAD_COLUMNS = 4096;
const HEAD_COPIES = 2;
/** Tensors of D numbers a target row: hidden, targets, mean embedding old and new, gradient, last block's output. */
const TARGET_COPIES = 6;

/**
 * Folded weights, in copies: a step's own, and as much again, measured, since what the step before gave back is in pieces and
 * not all used again.
 */
const FOLDED_COPIES = 2;

/** Pages that the allocator holds and nobody uses. */
const ALLOCATOR_SLACK = 1.05;

/** No micro-batch is worth being smaller, but for one longer example. */
const MICRO_BATCH_TOKENS_MIN = 64;

/** What a run is made of, as far as memory goes. */
export interface RunSize {
  config: LlamaConfig;
  rank: number;
  /** Blocks that learn, and so keep what their way back needs. */
  learningLayers: number;
  /** Rows whose trunk output is kept, when not all blocks learn. */
  trunkRows: number;
  /** Whether the output head is the embedding. */
  isTied: boolean;
  /** Rows of the longest example, which can't be cut. */
  longestRows: number;
  /** Most rows that a whole optimiser step can have: no micro-batch is larger. */
  stepRows: number;
  /** Share of the rows that predict a completion token. */
  targetShare: number;
  /** Tokens whose expected embedding is kept for the whole run. */
  distilTokens: number;
}

/** Estimated bytes at the peak, by what they are for. */
export interface MemoryEstimate {
  process: number;
  /** Base weights, float32. */
  weights: number;
  /** W′ = W + s B A, as long as a step lasts. */
  folded: number;
  adapter: number;
  /** Kept for the way back, all blocks. */
  activations: number;
  /** Outputs of the blocks that don't learn, kept across epochs. */
  trunk: number;
  /** Alive in one block's way back. */
  working: number;
  head: number;
  distil: number;
  total: number;
}

/** What can be known about a run from its examples. */
export function runSize(
  model: { config: LlamaConfig; isTied: boolean },
  settings: { rank: number; trainLayers?: number; keepStart?: number; examplesPerStep?: number },
  items: readonly TrainingItem[],
): RunSize {
  const { rank, trainLayers = 0, keepStart = 0, examplesPerStep = Infinity } = settings;
  const completions = items.map(completionsOf);
  const rows = completions.map(rowsOf);
  const count = (of: readonly TrainingItem[]) =>
    of.flatMap(completionsOf).reduce((sum, { completionTokens }) => sum + completionTokens.length, 0);
  const distilled = items.filter((item) => item.kind === 'sft' && (item.distil || keepStart > 0));
  const { layers } = model.config;
  const hasTrunk = trainLayers > 0 && trainLayers < layers;
  const total = rows.reduce((sum, n) => sum + n, 0);
  return {
    ...model,
    rank,
    learningLayers: hasTrunk ? trainLayers : layers,
    trunkRows: hasTrunk ? total : 0,
    longestRows: rows.reduce((longest, n) => Math.max(longest, n), 0),
    stepRows: [...rows].sort((a, b) => b - a).reduce((sum, n, i) => (i < examplesPerStep ? sum + n : sum), 0),
    targetShare: count(items) / total,
    distilTokens: count(distilled),
  };
}

/** The estimate for micro-batches of so many tokens. */
export function estimateMemory(size: RunSize, microBatchTokens: number): MemoryEstimate {
  const { config, rank } = size;
  const rows = Math.max(Math.min(microBatchTokens, size.stepRows), size.longestRows);
  const targets = rows * size.targetShare;
  const products = config.layers * blockWeights(config);
  const tables = config.vocabulary * config.width * (size.isTied ? 1 : 2);
  const numbers = {
    weights: products + tables,
    folded: FOLDED_COPIES * products,
    adapter: ADAPTER_COPIES * adapterLayout(config, rank).length,
    activations: rows * size.learningLayers * savedPerRow(config),
    trunk: Math.min(size.trunkRows * config.width, TRUNK_CACHE_BYTES_MAX / FLOAT_BYTES),
    working: rows * workingPerRow(config),
    head: targets * (HEAD_COPIES * Math.min(HEAD_COLUMNS, config.vocabulary) + TARGET_COPIES * config.width),
    distil: size.distilTokens * config.width,
  };
  const parts = Object.fromEntries(
    Object.entries(numbers).map(([name, count]) => [name, count * FLOAT_BYTES * ALLOCATOR_SLACK]),
  ) as typeof numbers;
  const total = Object.values(parts).reduce((sum, bytes) => sum + bytes, PROCESS_BYTES);
  return { process: PROCESS_BYTES, ...parts, total };
}

const blockWeights = (config: LlamaConfig): number =>
  TARGETS.reduce((sum, target) => {
    const { inputs, outputs } = linearShape(config, target);
    return sum + inputs * outputs;
  }, 0);

const widths = ({ heads, keyValueHeads, headWidth }: LlamaConfig) => ({
  qkv: (heads + 2 * keyValueHeads) * headWidth,
  mixed: heads * headWidth,
});

/** Numbers a row that a block keeps until its way back (`BlockSaved`). */
function savedPerRow(config: LlamaConfig): number {
  const { qkv, mixed } = widths(config);
  const inputs = config.width; // x
  const rotated = qkv + (config.queryKeyNorm ? qkv : 0); // qkv, and before its head norms
  const attention = mixed + config.heads; // mixed, logSums
  const feedForward = config.width + 2 * config.feedForward; // h, gateUp
  return inputs + rotated + attention + feedForward;
}

/** Numbers a row that are alive at once in the widest moment of a block's way back. */
function workingPerRow(config: LlamaConfig): number {
  const { qkv, mixed } = widths(config);
  const residual = 4 * config.width; // dy, dh, dx, a norm's output
  const attention = mixed + 2 * qkv; // dMixed, dqkv before and after the rotation
  const feedForward = 4 * config.feedForward; // swiglu again, its gradient, dGateUp
  return residual + Math.max(attention, feedForward);
}

export interface MemoryPlan {
  microBatchTokens: number;
  estimate: MemoryEstimate;
  availableBytes: number;
  /** True when the micro-batch had to be smaller than wanted. */
  hasShrunk: boolean;
}

/**
 * The largest micro-batch, up to the wanted one, that fits.
 * @throws LoraError `memory.too_small` with the numbers when not even the longest example alone fits
 */
export function planMemory(size: RunSize, wantedTokens: number, availableBytes: number): MemoryPlan {
  const least = Math.max(1, Math.min(wantedTokens, MICRO_BATCH_TOKENS_MIN));
  const fixed = estimateMemory(size, least);
  if (fixed.total > availableBytes) throw tooSmall(size, fixed, availableBytes);
  // Bytes grow linearly with the rows beyond the longest example.
  let fitting = wantedTokens;
  while (fitting > least && estimateMemory(size, fitting).total > availableBytes) {
    fitting = Math.max(least, Math.floor(fitting * 0.9));
  }
  return {
    microBatchTokens: fitting,
    estimate: estimateMemory(size, fitting),
    availableBytes,
    hasShrunk: fitting < wantedTokens,
  };
}

function tooSmall(size: RunSize, estimate: MemoryEstimate, availableBytes: number): LoraError {
  const { weights, folded, activations } = estimate;
  const parts = `${gigabytes(weights + folded)} for weights, ${gigabytes(activations)} for the longest example (${size.longestRows} tokens)`;
  return new LoraError(
    'memory.too_small',
    `Training needs about ${gigabytes(estimate.total)} of memory (${parts}); ${gigabytes(availableBytes)} can be used. ` +
      'Shorten or leave out the longest examples, lower the rank, take a smaller base model, or free memory.',
  );
}

/** For people: 2.1 GB. */
export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e8 ? 2 : 1)} GB`;
