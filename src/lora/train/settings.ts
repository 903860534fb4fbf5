// What a run is told: settings, options, and what it reports.
import type { LlamaModel } from '../model/llama.js';
import type { LoraAdapter } from '../model/lora.js';
import type { AdamWSettings } from './adamw.js';
import type { SftItem, TrainingItem } from './batches.js';
import { LOSS_DEFAULTS, type LossSettings } from './losses/loss.js';

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
  losses: LossSettings;
  /** Decay of the moving average of the adapter, which is then the result; 0 for none. */
  emaDecay: number;
  /** κ: the share of every SFT target that is the distribution of the model as the run starts (a KL-to-champion term); below 1. */
  keepStart: number;
  /** k: only the top k blocks learn; what is below them is computed once an example and kept (train/trunk.ts). 0 for all. */
  trainLayers: number;
}

export const TRAIN_DEFAULTS: TrainSettings = {
  learningRate: 2e-3,
  epochs: 6,
  examplesPerStep: 8,
  microBatchTokens: 2048,
  warmupShare: 0.05,
  seed: 0,
  losses: LOSS_DEFAULTS,
  emaDecay: 0,
  keepStart: 0,
  trainLayers: 0,
};

/**
 * A penalty on the adapter's values: on leaving those that the run starts from (EWC's Fisher information comes from `items`), or on
 * learning in the subspaces of earlier adapters (O-LoRA; these are folded into the model already, at least one of them).
 */
export type Regulariser =
  | { kind: 'l2-sp'; strength: number }
  | { kind: 'ewc'; strength: number; items: readonly SftItem[] }
  | { kind: 'o-lora'; strength: number; earlier: readonly LoraAdapter[] };

export interface TrainOptions {
  model: LlamaModel;
  /** Where the run starts, and what its losses compare with. Its values are replaced by the trained ones when the run is done. */
  adapter: LoraAdapter;
  items: readonly TrainingItem[];
  settings: TrainSettings;
  /** Where and how often to save; a checkpoint found there is continued. */
  checkpoint?: { dir: string; everySteps: number };
  /** Stops when the loss on these has not improved for `patience` evaluations; the result is then the best values met. */
  heldOut?: { items: readonly TrainingItem[]; everySteps: number; patience: number };
  regulariser?: Regulariser;
  /**
   * Asked after each step: true ends the run with what it has (a budget is spent, the goal is reached). `values` gives the
   * adapter's values as they would be then.
   */
  stopWhen?: (report: StepReport, values: () => Promise<Float32Array>) => boolean | Promise<boolean>;
  onStep?: (report: StepReport) => void;
  signal?: AbortSignal;
  /** Milliseconds; injected for tests. */
  now?: () => number;
}

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
  /** Steps so far that were skipped because their gradient was not finite. */
  skippedSteps: number;
  /** There when this step was followed by an evaluation. */
  heldOutLoss?: number;
}

export interface TrainResult {
  /** Steps taken: fewer than planned when it stopped early. */
  steps: number;
  tokens: number;
  /** Wall time of this process's part of the run. */
  seconds: number;
  /** Mean loss of the first epoch's steps, and of the last one's; NaN when one of them wasn't finite. */
  firstLoss: number;
  lastLoss: number;
  skippedSteps: number;
  /** True when it went on from a checkpoint. */
  resumed: boolean;
  /** The best evaluation, whose values are the result; null without held-out examples. */
  best: { loss: number; step: number } | null;
}
