// The learner's process: loads the base model, trains an adapter on the snapshot, writes it as a GGUF LoRA, and measures
// general ability before and after. It knows nothing of the service but the messages.
import { openTokenizer } from '../../inference/tokenizer.js';
import { readGgufAdapter, writeGgufAdapter } from '../../lora/formats/gguf-adapter.js';
import { readModelShape } from '../../lora/model/config.js';
import type { LlamaModel } from '../../lora/model/llama.js';
import { loadLlamaFile } from '../../lora/model/load.js';
import { createAdapter, type LoraAdapter } from '../../lora/model/lora.js';
import { openBackend } from '../../lora/tensor/backend.js';
import type { TrainingItem } from '../../lora/train/batches.js';
import { availableMemory } from '../../lora/train/available-memory.js';
import { planMemory, runSize } from '../../lora/train/memory-plan.js';
import { TRAIN_DEFAULTS, type StepReport } from '../../lora/train/settings.js';
import { train } from '../../lora/train/train.js';
import { readSnapshot } from '../snapshot/snapshot.js';
import { serveParent } from './child-side.js';
import { learnerStartSchema, type LearnerMessage, type LearnerStart } from './learner.messages.js';
import { meanNll, measureGeneral } from './measure.js';
import { scoredItem, taughtCompletions, trainingItems } from './training-items.js';

serveParent({ start: learnerStartSchema, work: learn });

async function learn(
  start: LearnerStart,
  say: (message: LearnerMessage) => void,
  signal: AbortSignal,
): Promise<LearnerMessage> {
  say({ kind: 'stage', stage: 'loading' });
  const { training, general } = await tokenise(start);
  const microBatchTokens = planned(start, training);
  const backend = await openBackend({ threads: start.threads });
  const model = loadLlamaFile(start.modelPath);
  const parent = start.parentAdapterPath ? readGgufAdapter(start.parentAdapterPath, model.config) : undefined;
  const adapter = startingPoint(model, parent, start);

  const taught = taughtCompletions(training);
  const taughtBefore = await meanNll(model, adapter, taught);

  say({ kind: 'stage', stage: 'training' });
  const { learningRate, epochs, seed } = start;
  const settings = { ...TRAIN_DEFAULTS, learningRate, epochs, seed, microBatchTokens };
  const checkpoint = { dir: start.checkpointDir, everySteps: start.checkpointEverySteps };
  const onStep = (report: StepReport) => say(progressOf(report));
  const { steps, tokens, seconds, skippedSteps, resumed } = await train({
    model,
    adapter,
    items: training,
    settings,
    checkpoint,
    onStep,
    signal,
  });
  writeGgufAdapter(start.adapterPath, adapter, model.config, start.modelSha256);

  say({ kind: 'stage', stage: 'scoring' });
  return {
    kind: 'done',
    trained: {
      backend: `${backend.name}, ${backend.threads} threads`,
      items: training.length,
      steps,
      tokens,
      seconds,
      firstLoss: taughtBefore,
      lastLoss: await meanNll(model, adapter, taught),
      skippedSteps,
      resumed,
      adapterNorm: Math.sqrt(adapter.values.reduce((sum, value) => sum + value * value, 0)),
      general: await measureGeneral(model, { parent, candidate: adapter }, general),
      peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
    },
  };
}

/** Tokenises as serving does. */
async function tokenise({ modelPath, snapshotPath, snapshotSha256, general }: LearnerStart) {
  const { items } = readSnapshot(snapshotPath, snapshotSha256);
  const tokenizer = await openTokenizer(modelPath);
  try {
    return {
      training: trainingItems(items, tokenizer),
      general: general.map((item) => scoredItem(item, tokenizer)),
    };
  } finally {
    await tokenizer.dispose();
  }
}

/** The micro-batch that fits beside the service. @throws LoraError `memory.too_small` before anything large is loaded */
function planned({ modelPath, rank }: LearnerStart, items: readonly TrainingItem[]): number {
  const { examplesPerStep, microBatchTokens } = TRAIN_DEFAULTS;
  const size = runSize(readModelShape(modelPath), { rank, examplesPerStep }, items);
  return planMemory(size, microBatchTokens, availableMemory()).microBatchTokens;
}

/** The parent's matrices are copied: both are needed for the comparison. Another rank can't be continued. */
function startingPoint(model: LlamaModel, parent: LoraAdapter | undefined, { rank, alpha, seed }: LearnerStart) {
  if (parent?.rank === rank && parent.alpha === alpha) return { ...parent, values: parent.values.slice() };
  return createAdapter(model.config, { rank, alpha, seed });
}

const progressOf = ({ step, steps, loss, tokensPerSecond, secondsLeft }: StepReport): LearnerMessage => ({
  kind: 'progress',
  step,
  steps,
  loss,
  tokensPerSecond,
  secondsLeft,
});
