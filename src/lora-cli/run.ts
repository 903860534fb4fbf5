// The run itself: memory plan, backend, base weights, adapter, training.
import { statSync } from 'node:fs';
import { readGgufAdapter } from '../lora/formats/gguf-adapter.js';
import { readPeftAdapter } from '../lora/formats/peft-adapter.js';
import type { LlamaModel } from '../lora/model/llama.js';
import { loadLlamaFile } from '../lora/model/load.js';
import { createAdapter, type LoraAdapter } from '../lora/model/lora.js';
import { openBackend } from '../lora/tensor/backend.js';
import { availableMemory } from '../lora/train/available-memory.js';
import { planMemory, runSize, type MemoryPlan } from '../lora/train/memory-plan.js';
import { TRAIN_DEFAULTS, type StepReport, type TrainResult, type TrainSettings } from '../lora/train/settings.js';
import { train } from '../lora/train/train.js';
import { CliError } from './cli-error.js';
import type { Inputs } from './inputs.js';
import type { Options } from './options.js';
import { loggedSteps, logStep, pathsIn, writeRecord, type RunRecord } from './run-folder.js';

export interface Planned {
  inputs: Inputs;
  microBatchTokens: number;
  record: RunRecord;
}

/** What fits; a resumed run keeps its micro-batches, which are part of what it computes. @throws LoraError `memory.too_small` */
export function planRun(inputs: Inputs, options: Options, resumedTokens: number | undefined): MemoryPlan {
  const { rank, batch: examplesPerStep, 'train-layers': trainLayers } = options;
  const size = runSize(inputs, { rank, trainLayers, examplesPerStep }, inputs.training);
  const wanted = resumedTokens ?? options['micro-batch-tokens'] ?? TRAIN_DEFAULTS.microBatchTokens;
  const free = availableMemory();
  const plan = planMemory(size, wanted, Math.min(options['max-memory'] ?? free, free));
  return resumedTokens === undefined ? plan : { ...plan, microBatchTokens: resumedTokens, hasShrunk: false };
}

export interface Trained {
  adapter: LoraAdapter;
  result: TrainResult;
  seconds: number;
  /** The finished record, to be written after the adapter. */
  record: RunRecord;
}

interface Hooks {
  onStep(report: StepReport): void;
  signal: AbortSignal;
  say(line: string): void;
}

/** Trains, with checkpoints in the folder. @throws LoraError what `train` throws */
export async function run(
  { inputs, microBatchTokens, record }: Planned,
  options: Options,
  hooks: Hooks,
): Promise<Trained> {
  const prefer = options.backend === 'auto' ? undefined : options.backend;
  const backend = await openBackend({ threads: options.threads, prefer });
  hooks.say(`Computing on ${backend.name}, ${backend.threads} threads (${backend.reason}).`);
  const model = loadLlamaFile(inputs.basePath);
  const adapter = startingPoint(model, options);
  const started = { ...record, backend: `${backend.name}, ${backend.threads} threads` };
  writeRecord(options.out, started);
  const { heldOut, training } = inputs;
  const everySteps = Math.ceil(training.length / options.batch);
  const result = await train({
    model,
    adapter,
    items: training,
    settings: settingsOf(options, microBatchTokens),
    checkpoint: { dir: pathsIn(options.out).checkpoints, everySteps: options['checkpoint-every'] },
    ...(heldOut.length > 0 && { heldOut: { items: heldOut, everySteps, patience: options.patience } }),
    signal: hooks.signal,
    onStep(report) {
      logStep(options.out, logged(report));
      hooks.onStep(report);
    },
  });
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
  const tokensPerSecond = result.tokens / result.seconds;
  const finished = { ...result, tokensPerSecond, peakMemoryBytes };
  const curve = loggedSteps(options.out).filter(({ step }) => step <= result.steps);
  return {
    adapter,
    result,
    seconds: result.seconds,
    record: { ...started, status: 'done', result: finished, curve },
  };
}

function settingsOf(options: Options, microBatchTokens: number): TrainSettings {
  return {
    learningRate: options.lr,
    epochs: options.epochs,
    examplesPerStep: options.batch,
    microBatchTokens,
    warmupShare: options.warmup,
    weightDecay: options['weight-decay'],
    seed: options.seed,
    losses: { beta: options.beta, sftTerm: options['sft-term'], labelNoise: options['label-noise'] },
    emaDecay: options.ema,
    keepStart: TRAIN_DEFAULTS.keepStart,
    trainLayers: options['train-layers'],
  };
}

function startingPoint({ config }: LlamaModel, { init, rank, alpha = 2 * rank, seed }: Options): LoraAdapter {
  if (!init) return createAdapter(config, { rank, alpha, seed });
  const isFolder = statSync(init, { throwIfNoEntry: false })?.isDirectory();
  const adapter = isFolder ? readPeftAdapter(init, config) : readGgufAdapter(init, config);
  if (adapter.rank === rank && adapter.alpha === alpha) return adapter;
  const own = `--rank ${adapter.rank} --alpha ${adapter.alpha}`;
  throw new CliError('cli.usage', `${init} was trained with ${own}: give these, an adapter can't change them.`);
}

/** JSON has no NaN: what isn't a finite number is null. */
function logged({ step, loss, learningRate, gradientNorm, tokensPerSecond, heldOutLoss }: StepReport) {
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  const held = heldOutLoss === undefined ? {} : { heldOutLoss: finite(heldOutLoss) };
  return { step, loss: finite(loss), learningRate, gradientNorm: finite(gradientNorm), tokensPerSecond, ...held };
}
