// The learner's process: loads the base model, trains an adapter on the snapshot, writes it as a GGUF LoRA, and measures
// general ability before and after. It knows nothing of the service but the messages.
import * as tf from '@tensorflow/tfjs-core';
import { openTokenizer } from '../../inference/tokenizer.js';
import { readGgufAdapter, writeGgufAdapter } from '../../lora/formats/gguf-adapter.js';
import { readModelShape } from '../../lora/model/config.js';
import type { LlamaModel } from '../../lora/model/llama.js';
import { loadLlamaFile } from '../../lora/model/load.js';
import { createAdapter, type LoraAdapter } from '../../lora/model/lora.js';
import { openBackend, type Backend } from '../../lora/tensor/backend.js';
import type { Completion, TrainingItem } from '../../lora/train/batches.js';
import { availableMemory } from '../../lora/train/available-memory.js';
import { planMemory, runSize } from '../../lora/train/memory-plan.js';
import { TRAIN_DEFAULTS, type StepReport } from '../../lora/train/settings.js';
import { train } from '../../lora/train/train.js';
import { compositionOf } from '../snapshot/composition.js';
import { readSnapshot, type SnapshotItem } from '../snapshot/snapshot.js';
import { serveParent } from './child-side.js';
import { learnerStartSchema, type LearnerMessage, type LearnerStart, type TrainingPlan } from './learner.messages.js';
import { meanNll, measureGeneral, recall } from './measure.js';
import { stopping, type Stopping } from './stopping.js';
import {
  sweep,
  SWEEP_BUDGET_SHARE,
  SWEEP_EXAMPLES_MIN,
  sweepSentence,
  type SweepOptions,
  type Swept,
} from './sweep.js';
import { learntTest, trainingPlan } from './training-plan.js';
import { replayedItems, scoredItem, taughtCompletions, trainingItems } from './training-items.js';

serveParent({ start: learnerStartSchema, work: learn });

async function learn(
  start: LearnerStart,
  say: (message: LearnerMessage) => void,
  signal: AbortSignal,
): Promise<LearnerMessage> {
  say({ kind: 'stage', stage: 'loading' });
  const { composition, training, newItems, replayed, general } = await tokenise(start);
  const rule = trainingPlan(start, training.length, readModelShape(start.modelPath).config);
  const microBatchTokens = planned(start, training, rule);
  const backend = await openBackend({ threads: start.threads });
  const model = loadLlamaFile(start.modelPath);
  const parent = start.parentAdapterPath ? readGgufAdapter(start.parentAdapterPath, model.config) : undefined;
  const adapter = startingPoint(model, parent, start);

  const taught = taughtCompletions(training);
  const taughtBefore = await meanNll(model, adapter, taught);

  const stop = stopping({ ...start, maxSeconds: 60 * start.maxMinutes, ...goal(start, model, adapter, newItems) });
  const { why, ...hyperParameters } = rule;
  const settings = { ...TRAIN_DEFAULTS, ...hyperParameters, seed: start.seed, microBatchTokens };
  const newIds = new Set(newItems.map(({ id }) => id));
  const swept = isToSweep(start, newIds.size)
    ? await sweptRate({ model, adapter, items: training, newIds, settings, path: start.sweepPath, signal }, stop, say)
    : undefined;
  const learningRate = swept?.learningRate ?? rule.learningRate;

  say({ kind: 'stage', stage: 'training' });
  const { steps, tokens, skippedSteps, resumed } = await train({
    model,
    adapter,
    items: training,
    settings: { ...settings, learningRate },
    checkpoint: { dir: start.checkpointDir, everySteps: start.checkpointEverySteps },
    stopWhen: stop.stopWhen,
    onStep: (report) => say(progressOf(report, stop.seconds())),
    signal,
  });
  const seconds = stop.seconds();
  writeGgufAdapter(start.adapterPath, adapter, model.config, start.modelSha256);

  say({ kind: 'stage', stage: 'scoring' });
  return {
    kind: 'done',
    trained: {
      backend: deviceOf(backend),
      items: training.length,
      steps,
      tokens: tokens + (swept?.tokens ?? 0),
      seconds,
      firstLoss: taughtBefore,
      lastLoss: await meanNll(model, adapter, taught),
      skippedSteps,
      resumed,
      adapterNorm: Math.sqrt(adapter.values.reduce((sum, value) => sum + value * value, 0)),
      recalled: await recall(model, parent, replayed),
      general: await measureGeneral(model, { parent, candidate: adapter }, general),
      peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
      stopped: stop.reason(),
      plan: { ...rule, learningRate, why: swept ? [...why, sweepSentence(swept)] : why },
      composition,
    },
  };
}

/** Tokenises as serving does. */
async function tokenise({ modelPath, snapshotPath, snapshotSha256, general }: LearnerStart) {
  const { items } = readSnapshot(snapshotPath, snapshotSha256);
  const tokenizer = await openTokenizer(modelPath);
  const isNew = (item: SnapshotItem) => item.split === 'train' && item.group === 'new';
  try {
    return {
      composition: compositionOf(items),
      training: trainingItems(items, tokenizer),
      newItems: items.filter(isNew).map((item) => scoredItem(item, tokenizer)),
      replayed: replayedItems(items, tokenizer),
      general: general.map((item) => scoredItem(item, tokenizer)),
    };
  } finally {
    await tokenizer.dispose();
  }
}

const isToSweep = ({ mode, learningRate, sweep: mayBe }: LearnerStart, fresh: number) =>
  mode === 'full' && learningRate === null && mayBe && fresh >= SWEEP_EXAMPLES_MIN;

/** The rate that a sweep within its share of the budget finds; its tokens count. */
async function sweptRate(
  options: Omit<SweepOptions, 'isSpent'>,
  stop: Stopping,
  say: (message: LearnerMessage) => void,
): Promise<Swept> {
  say({ kind: 'stage', stage: 'sweep' });
  const swept = await sweep({ ...options, isSpent: (tokens) => stop.isSpent(SWEEP_BUDGET_SHARE, tokens) });
  stop.spend(swept.tokens);
  return swept;
}

/** A micro-run ends when the correction that it teaches, the first of what is new, is learnt. */
function goal({ mode }: LearnerStart, model: LlamaModel, adapter: LoraAdapter, newItems: readonly Completion[]) {
  return mode === 'micro' ? { isLearnt: learntTest(model, adapter, newItems.slice(0, 1)) } : {};
}

/** What computes, for the cost meter; "GPU" in it says that one does. */
function deviceOf({ name, threads, isSoftware }: Backend): string {
  const usesGpu = (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice ?? name === 'webgpu';
  return usesGpu && !isSoftware ? `${name} on a GPU` : `${name}, ${threads} threads`;
}

/** The micro-batch that fits beside the service. @throws LoraError `memory.too_small` before anything large is loaded */
function planned(
  { modelPath, rank }: LearnerStart,
  items: readonly TrainingItem[],
  { examplesPerStep }: TrainingPlan,
): number {
  const size = runSize(readModelShape(modelPath), { rank, examplesPerStep }, items);
  return planMemory(size, TRAIN_DEFAULTS.microBatchTokens, availableMemory()).microBatchTokens;
}

/** The parent's matrices are copied: both are needed for the comparison. Another rank can't be continued. */
function startingPoint(model: LlamaModel, parent: LoraAdapter | undefined, { rank, alpha, seed }: LearnerStart) {
  if (parent?.rank === rank && parent.alpha === alpha) return { ...parent, values: parent.values.slice() };
  return createAdapter(model.config, { rank, alpha, seed });
}

const progressOf = (report: StepReport, seconds: number): LearnerMessage => {
  const { step, steps, loss, tokensPerSecond, secondsLeft, tokens } = report;
  return { kind: 'progress', step, steps, loss, tokensPerSecond, secondsLeft, tokens, seconds };
};
