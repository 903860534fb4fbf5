// The state of a run: made fresh or from a checkpoint, and saved to one.
import * as tf from '@tensorflow/tfjs-core';
import { createHash } from 'node:crypto';
import { free } from '../tensor/scope.js';
import { createOptimiser, type OptimiserState } from './adamw.js';
import { stepCount } from './batches.js';
import { readCheckpoint, writeCheckpoint, type Checkpoint } from './checkpoint.js';
import type { Penalty } from './gradient.js';
import type { BestSoFar } from './held-out.js';
import { orthogonality } from './o-lora.js';
import { makeReference, type Reference } from './reference.js';
import { ewc, fisherDiagonal, l2sp } from './regularisers.js';
import type { TrainOptions } from './settings.js';
import { openTrunk, type Trunk } from './trunk.js';

const NONE = new Float32Array();

export interface Run {
  fingerprint: string;
  steps: number;
  /** Steps done. */
  step: number;
  tokens: number;
  /** Tokens of the part before a resume. */
  tokensBefore: number;
  /** Of every step so far. */
  losses: (number | null)[];
  skippedSteps: number;
  /** Skipped steps since the last good one. */
  badInARow: number;
  resumed: boolean;
  startedMs: number;
  now: () => number;
  optimiser: OptimiserState;
  /** The moving average of the values, where one is wanted. */
  ema: tf.Tensor1D | undefined;
  bestSoFar: BestSoFar | null;
  bestValues: Float32Array;
  /** What the start thinks of the training and of the held-out examples. */
  reference: Reference;
  heldOutReference: Reference;
  anchor: Anchor;
  /** The frozen lower blocks, where only the top ones learn: values, moments and averages are then those of the top. */
  trunk: Trunk | undefined;
}

/** The regulariser, and what it holds. */
interface Anchor {
  penalty: Penalty | undefined;
  fisher: Float32Array;
  tensors: tf.Tensor[];
}

export async function startRun(options: TrainOptions): Promise<Run> {
  const { model, adapter, items, settings, heldOut, checkpoint, now = Date.now } = options;
  const fingerprint = fingerprintOf(options);
  const found = checkpoint && readCheckpoint(checkpoint.dir, fingerprint);
  const { microBatchTokens, keepStart } = settings;
  const start = { model, adapter, microBatchTokens };
  const reference = await makeReference({ ...start, items, keepStart, known: found?.arrays.reference });
  const heldOutReference = await makeReference({
    ...start,
    items: heldOut?.items ?? [],
    keepStart: 0,
    known: found?.arrays.heldOutReference,
  });
  const trunk = isPartial(options) ? openTrunk(model, adapter, settings.trainLayers) : undefined;
  const learning = trunk?.upper.adapter ?? adapter;
  const anchor = await makeAnchor(options, trunk, found?.arrays.fisher);
  const { progress, arrays } = found ?? {};
  const moments = arrays &&
    progress && { first: arrays.firstMoment, second: arrays.secondMoment, updates: progress.updates };
  return {
    fingerprint,
    steps: stepCount(items.length, settings.examplesPerStep, settings.epochs),
    step: progress?.step ?? 0,
    tokens: progress?.tokens ?? 0,
    tokensBefore: progress?.tokens ?? 0,
    losses: [...(progress?.losses ?? [])],
    skippedSteps: progress?.skippedSteps ?? 0,
    badInARow: progress?.badInARow ?? 0,
    resumed: found !== undefined,
    startedMs: now(),
    now,
    optimiser: createOptimiser(arrays?.values ?? learning.values, moments),
    ema: settings.emaDecay > 0 ? tf.tensor1d(arrays?.ema ?? learning.values.slice()) : undefined,
    bestSoFar: progress?.bestSoFar ?? null,
    bestValues: arrays?.best ?? NONE,
    reference,
    heldOutReference,
    anchor,
    trunk,
  };
}

const isPartial = ({ model, settings }: TrainOptions) =>
  settings.trainLayers > 0 && settings.trainLayers < model.config.layers;

async function makeAnchor(
  { model, adapter, regulariser }: TrainOptions,
  trunk: Trunk | undefined,
  known?: Float32Array,
): Promise<Anchor> {
  if (!regulariser) return { penalty: undefined, fisher: NONE, tensors: [] };
  const { kind, strength } = regulariser;
  const learning = trunk?.upper.adapter ?? adapter;
  if (kind === 'o-lora') return { ...orthogonality(learning, regulariser.earlier, strength), fisher: NONE };
  const start = tf.tensor1d(learning.values.slice());
  if (kind === 'l2-sp') return { penalty: l2sp(start, strength), fisher: NONE, tensors: [start] };
  const fisher = known?.length
    ? known
    : (await fisherDiagonal(model, adapter, regulariser.items)).slice(trunk?.offset ?? 0);
  const weights = tf.tensor1d(fisher.slice());
  return { penalty: ewc(start, weights, strength), fisher, tensors: [start, weights] };
}

export async function saveRun(run: Run, dir: string): Promise<void> {
  const { values, firstMoment, secondMoment, updates } = run.optimiser;
  const read = async (tensor: tf.Tensor | undefined) => (tensor ? ((await tensor.data()) as Float32Array) : NONE);
  const { fingerprint, step, skippedSteps, badInARow, tokens, losses, bestSoFar } = run;
  const saved: Checkpoint = {
    progress: { fingerprint, step, updates, skippedSteps, badInARow, tokens, losses, bestSoFar },
    arrays: {
      values: await read(values),
      firstMoment: await read(firstMoment),
      secondMoment: await read(secondMoment),
      ema: await read(run.ema),
      best: run.bestValues,
      fisher: run.anchor.fisher,
      reference: run.reference.values,
      heldOutReference: run.heldOutReference.values,
    },
  };
  writeCheckpoint(dir, saved);
}

/** The values that the run would give if it ended here (not the best ones met): their average where one is kept. */
export async function currentValues(run: Run): Promise<Float32Array> {
  return (await (run.ema ?? run.optimiser.values).data()) as Float32Array;
}

export function freeRun(run: Run): void {
  const { values, firstMoment, secondMoment } = run.optimiser;
  free(values, firstMoment, secondMoment, run.ema, run.anchor.tensors);
  run.trunk?.dispose();
}

/**
 * Changes with anything that would make a continued run differ from an uninterrupted one. The size of the micro-batches isn't
 * among it: it only bounds the memory, and a run may go on where less is free.
 */
function fingerprintOf({ adapter, items, settings, heldOut, regulariser }: TrainOptions): string {
  const hash = createHash('sha256');
  const { microBatchTokens: _, ...decisive } = settings;
  hash.update(JSON.stringify([adapter.rank, adapter.alpha, decisive]));
  hash.update(Buffer.from(adapter.values.buffer, adapter.values.byteOffset, adapter.values.byteLength));
  for (const item of items) hash.update(JSON.stringify(item));
  hash.update(JSON.stringify([heldOut ?? null, regulariser ?? null], digested));
  return hash.digest('hex');
}

/** Millions of an earlier adapter's values count by their digest. */
const digested = (_: string, value: unknown) =>
  value instanceof Float32Array ? createHash('sha256').update(value).digest('hex') : value;
