// The training loop: gradient, update, report, checkpoint. Everything else it needs is passed in.
import { createHash } from 'node:crypto';
import { LoraError } from '../lora-error.js';
import type { LlamaModel } from '../model/llama.js';
import type { LoraAdapter } from '../model/lora.js';
import { free } from '../tensor/scope.js';
import {
  ADAMW_DEFAULTS,
  adamwUpdate,
  createOptimiser,
  learningRateAt,
  type AdamWSettings,
  type OptimiserState,
} from './adamw.js';
import { checkCompletions, stepCount, stepItems, type SftItem } from './batches.js';
import { readCheckpoint, writeCheckpoint, type Checkpoint } from './checkpoint.js';
import { distilTargets, type DistilTargets } from './distil.js';
import { stepGradient } from './gradient.js';

/** Non-finite gradients in a row that end a run: by then nothing will mend itself. */
const MAX_BAD_STEPS = 5;

export interface TrainSettings extends Partial<AdamWSettings> {
  /** Peak learning rate. */
  learningRate: number;
  epochs: number;
  /** Examples of one optimiser step. */
  examplesPerStep: number;
  /** Most tokens of a packed micro-batch; bounds the memory, not the result. */
  microBatchTokens: number;
  /** Share of the steps in which the learning rate rises from zero. */
  warmupShare: number;
  seed: number;
}

export const TRAIN_DEFAULTS: TrainSettings = {
  learningRate: 2e-3,
  epochs: 6,
  examplesPerStep: 8,
  microBatchTokens: 1024,
  warmupShare: 0.05,
  seed: 0,
};

/** Where the run is; `tokensPerSecond` and `secondsLeft` are measured over the run so far. */
export interface StepReport {
  step: number;
  steps: number;
  loss: number;
  learningRate: number;
  gradientNorm: number;
  tokens: number;
  tokensPerSecond: number;
  secondsLeft: number;
}

export interface TrainResult {
  steps: number;
  tokens: number;
  /** Wall time of this process's part of the run. */
  seconds: number;
  firstLoss: number;
  lastLoss: number;
  skippedSteps: number;
  /** True when it went on from a checkpoint. */
  resumed: boolean;
}

export interface TrainOptions {
  model: LlamaModel;
  /** Its values are replaced by the trained ones when the run is done. */
  adapter: LoraAdapter;
  items: readonly SftItem[];
  settings: TrainSettings;
  /** Where and how often to save; a checkpoint found there is continued. */
  checkpoint?: { dir: string; everySteps: number };
  onStep?: (report: StepReport) => void;
  signal?: AbortSignal;
  /** Milliseconds; injected for tests. */
  now?: () => number;
}

/**
 * Trains the adapter on the items.
 * @throws LoraError `train.nothing_to_learn`, `train.item_too_long`, `train.diverged` (5 non-finite gradients in a row),
 *   `train.cancelled` (by `signal`), `checkpoint.write_failed`, `checkpoint.invalid`
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { adapter, items, signal } = options;
  checkCompletions(items, options.model.config.contextTokens);
  const run = await start(options);
  try {
    while (run.step < run.steps) {
      if (signal?.aborted)
        throw new LoraError('train.cancelled', `The run was cancelled at step ${run.step} of ${run.steps}.`);
      await takeStep(run, options);
      await save(run, options);
    }
    adapter.values.set(await run.optimiser.values.data());
    const { steps, tokens, firstLoss, lastLoss, skippedSteps, resumed } = run;
    return {
      steps,
      tokens,
      seconds: elapsed(run),
      firstLoss: firstLoss as number,
      lastLoss: lastLoss ?? NaN,
      skippedSteps,
      resumed,
    };
  } finally {
    free(run.optimiser.values, run.optimiser.firstMoment, run.optimiser.secondMoment);
  }
}

/** The state of a run, in memory. */
interface Run {
  fingerprint: string;
  distil: DistilTargets;
  optimiser: OptimiserState;
  step: number;
  steps: number;
  tokens: number;
  tokensBefore: number;
  firstLoss: number | null;
  lastLoss: number | null;
  skippedSteps: number;
  badInARow: number;
  resumed: boolean;
  startedMs: number;
  now: () => number;
}

const elapsed = (run: Run) => (run.now() - run.startedMs) / 1000;

async function start({ model, adapter, items, settings, checkpoint, now = Date.now }: TrainOptions): Promise<Run> {
  const fingerprint = fingerprintOf(adapter, items, settings);
  const found = checkpoint && readCheckpoint(checkpoint.dir, fingerprint);
  const moments = found && { first: found.firstMoment, second: found.secondMoment, updates: found.updates };
  return {
    fingerprint,
    distil: await distilTargets(model, adapter, items, settings.microBatchTokens),
    optimiser: createOptimiser(found?.values ?? adapter.values, moments),
    step: found?.step ?? 0,
    steps: stepCount(items.length, settings.examplesPerStep, settings.epochs),
    tokens: found?.tokens ?? 0,
    tokensBefore: found?.tokens ?? 0,
    firstLoss: found?.firstLoss ?? null,
    lastLoss: null,
    skippedSteps: found?.skippedSteps ?? 0,
    badInARow: 0,
    resumed: found !== undefined,
    startedMs: now(),
    now,
  };
}

async function takeStep(run: Run, { model, adapter, items, settings, onStep }: TrainOptions): Promise<void> {
  const batch = stepItems(items, run.step, settings.examplesPerStep, settings.seed);
  const { gradient, loss, norm, tokens } = await stepGradient(
    model,
    adapter,
    run.optimiser.values,
    batch,
    settings.microBatchTokens,
    run.distil,
  );
  const learningRate = learningRateAt(run.step, run.steps, settings.learningRate, settings.warmupShare);
  if (Number.isFinite(norm) && Number.isFinite(loss)) {
    adamwUpdate(run.optimiser, gradient, norm, learningRate, { ...ADAMW_DEFAULTS, ...settings });
    run.badInARow = 0;
  } else {
    countBadStep(run);
  }
  free(gradient);
  run.step += 1;
  run.tokens += tokens;
  run.firstLoss ??= loss;
  run.lastLoss = loss;
  const tokensPerSecond = (run.tokens - run.tokensBefore) / elapsed(run);
  const secondsLeft = ((run.steps - run.step) * (run.tokens / run.step)) / tokensPerSecond;
  onStep?.({
    step: run.step,
    steps: run.steps,
    loss,
    learningRate,
    gradientNorm: norm,
    tokens: run.tokens,
    tokensPerSecond,
    secondsLeft,
  });
}

function countBadStep(run: Run): void {
  run.skippedSteps += 1;
  run.badInARow += 1;
  if (run.badInARow < MAX_BAD_STEPS) return;
  throw new LoraError(
    'train.diverged',
    `Training diverged: ${MAX_BAD_STEPS} steps in a row had no finite gradient. Lower the learning rate and run it again.`,
  );
}

async function save(run: Run, { checkpoint }: TrainOptions): Promise<void> {
  if (!checkpoint || (run.step % checkpoint.everySteps !== 0 && run.step !== run.steps)) return;
  const { values, firstMoment, secondMoment, updates } = run.optimiser;
  const [v, m, s] = await Promise.all([values.data(), firstMoment.data(), secondMoment.data()]);
  const saved: Checkpoint = {
    fingerprint: run.fingerprint,
    step: run.step,
    updates,
    skippedSteps: run.skippedSteps,
    tokens: run.tokens,
    firstLoss: run.firstLoss,
    values: v as Float32Array,
    firstMoment: m as Float32Array,
    secondMoment: s as Float32Array,
  };
  writeCheckpoint(checkpoint.dir, saved);
}

/** Changes with anything that would make a continued run differ from an uninterrupted one. */
function fingerprintOf(adapter: LoraAdapter, items: readonly SftItem[], settings: TrainSettings): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([adapter.rank, adapter.alpha, settings]));
  hash.update(Buffer.from(adapter.values.buffer, adapter.values.byteOffset, adapter.values.byteLength));
  for (const item of items) hash.update(JSON.stringify(item));
  return hash.digest('hex');
}
