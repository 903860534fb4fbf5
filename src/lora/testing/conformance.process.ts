// Everything the learner computes, on the backend named in argv, as one line of JSON: for the conformance suite, which compares
// the backends with PyTorch and with each other. A process each, since backends share tfjs's one engine.
import * as tf from '@tensorflow/tfjs-core';
import type { LlamaModel } from '../model/llama.js';
import { loadLlamaFile } from '../model/load.js';
import { createAdapter } from '../model/lora.js';
import { openBackend, type BackendName } from '../tensor/backend.js';
import { operations } from '../tensor/choose.js';
import { fused } from '../tensor/fused.js';
import { free, scoped } from '../tensor/scope.js';
import { scoreCompletions } from '../train/score.js';
import { TRAIN_DEFAULTS, type StepReport } from '../train/settings.js';
import { train } from '../train/train.js';
import { goldenItems, readGolden, TINY_GGUF, type TinyGolden } from './golden.js';
import { gradientOf } from './gradient.js';
import { operationCases } from './operation-cases.js';
import { tinyAdapter } from './tiny.js';

/** Float32 values go as base64. */
export interface ConformanceReport {
  backend: string;
  hasKernels: boolean;
  operations: Record<string, string>;
  baseLogProbs: number[][];
  loss: number;
  gradient: string;
  /** Loss of each step of the golden run, and the adapter after it; on an imitated GPU only the first few steps. */
  curve: number[];
  valuesAfter: string | null;
  /** max |Δ| of two runs from the same seed. */
  repeatDistance: number;
  /** Tensors left over by a run. */
  leakedTensors: number;
}

/** An imitated GPU takes seconds a step. */
const SOFTWARE_STEPS = 3;

const golden = readGolden<TinyGolden>('tiny.json');
const items = goldenItems(golden);
const encoded = (values: Float32Array) =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');

async function measure(prefer: BackendName): Promise<ConformanceReport> {
  const backend = await openBackend({ prefer });
  const cases = await operationResults();
  const model = loadLlamaFile(TINY_GGUF);
  const scores = await scoreCompletions(model, undefined, items);
  const { loss, gradient } = await gradientOf(model, tinyAdapter(model), items);
  const isSlow = backend.isSoftware;
  const whole = await goldenRun(model, isSlow ? SOFTWARE_STEPS : golden.curve.steps);
  const first = await shortRun(model);
  const before = tf.memory().numTensors;
  const second = await shortRun(model);
  return {
    backend: `${backend.name} (${backend.reason})`,
    hasKernels: fused() !== undefined,
    operations: cases,
    baseLogProbs: scores.map(({ tokenLogProbs }) => [...tokenLogProbs]),
    loss,
    gradient: encoded(gradient),
    curve: whole.curve,
    valuesAfter: isSlow ? null : encoded(whole.values),
    repeatDistance: Math.max(...first.map((value, i) => Math.abs(value - (second[i] as number)))),
    leakedTensors: tf.memory().numTensors - before,
  };
}

async function operationResults(): Promise<Record<string, string>> {
  const cases = scoped(() => operationCases(operations()));
  const results = await Promise.all(
    Object.entries(cases).map(
      async ([name, tensor]) => [name, encoded((await tensor.data()) as Float32Array)] as const,
    ),
  );
  free(cases);
  return Object.fromEntries(results);
}

/** The steps that PyTorch's AdamW took, or the first of them. */
async function goldenRun(model: LlamaModel, stopAfter: number): Promise<{ curve: number[]; values: Float32Array }> {
  const { steps, peak, warmupShare, clipNorm, weightDecay } = golden.curve;
  const schedule = { ...TRAIN_DEFAULTS, learningRate: peak, epochs: steps, examplesPerStep: 5, warmupShare };
  const settings = { ...schedule, clipNorm, weightDecay };
  const adapter = tinyAdapter(model);
  const curve: number[] = [];
  const stop = new AbortController();
  const onStep = ({ loss }: StepReport) => {
    if (curve.push(loss) === stopAfter && stopAfter < steps) stop.abort();
  };
  try {
    await train({ model, adapter, items, settings, onStep, signal: stop.signal });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  return { curve, values: adapter.values };
}

/** Two steps from a seed. */
async function shortRun(model: LlamaModel): Promise<Float32Array> {
  const adapter = createAdapter(model.config, { rank: 2, alpha: 4, seed: 3 });
  await train({ model, adapter, items, settings: { ...TRAIN_DEFAULTS, epochs: 1, examplesPerStep: 3 } });
  return adapter.values;
}

try {
  console.log(`conformance ${JSON.stringify(await measure(process.argv[2] as BackendName))}`);
  process.exit(0);
} catch (error) {
  const { code, message, stack } = error as Error & { code?: string };
  const isAbsent = code === 'backend.unavailable';
  console.error(isAbsent ? `conformance skipped: ${message}` : `conformance failed: ${stack}`);
  process.exit(1);
}
