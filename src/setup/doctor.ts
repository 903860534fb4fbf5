// `npm run doctor`: what is on this machine, what was chosen, and why; `--json` for machines. Looks only, changes nothing.
// Exit code 1 when something that the service needs is missing.
import '../config/any-ci.js';
import { existsSync, statSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { basename, dirname } from 'node:path';
import { parseEnvironment } from '../config/environment.js';
import { TRAINING_BACKENDS, tryBackend, type TrainingBackendName } from './backend-trial.js';
import { readChatKernels } from './chat-kernels.js';
import { freeBytes } from './disk.js';
import { readEmbeddingModel } from './embedding-model.js';
import { hasNvidiaGpu, isLibtensorflowComplete, libtensorflowFolder } from './libtensorflow.js';
import { readModel } from './model.js';
import { cacheFolder, canEnter, chooseDataHome, ownSurroundings } from './paths.js';
import { areLinksRestored, findPostgresBinaries } from './postgres-binaries.js';
import { reasonOf } from './setup-error.js';
import { addonKey, addonPath, isAddonInstalled } from './tfjs-addon.js';
import { readTrainingBackend } from './training-backend.js';
import { postgresIdentity } from './postgres-identity.js';

/** Sides of the square matrices, and products that are timed. Plain JavaScript needs seconds for a large one. */
const TRIALS: Record<TrainingBackendName, { size: number; rounds: number }> = {
  'tensorflow-gpu': { size: 2048, rounds: 20 },
  'tensorflow-cpu': { size: 1024, rounds: 20 },
  webgpu: { size: 1024, rounds: 20 },
  wasm: { size: 1024, rounds: 3 },
  javascript: { size: 256, rounds: 1 },
};
const BYTES_PER_MB = 1_000_000;
const MISSING = 'missing: run `npm run setup`';

/** One line of the report. `isGood` is false for what keeps the service from starting. */
interface Finding {
  topic: string;
  value: string;
  isGood: boolean;
}

type Probe = [topic: string, look: () => string | Promise<string>];

const PROBES: Probe[] = [
  ['Node', () => `${process.version} on ${process.platform} ${process.arch}`],
  [
    'processor',
    () => `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} of ${cpus().length} cores for this process`,
  ],
  ['memory', () => `${megabytes(availableMemory())} MB for this process, ${megabytes(totalmem())} MB in all`],
  ['base model', describeModel],
  ['memory of corrections', describeMemory],
  ['libtensorflow', describeLibtensorflow],
  ['tfjs addon', describeAddon],
  ['training backend', describeBackend],
  ...TRAINING_BACKENDS.map((name): Probe => [`  ${name}`, () => describeSpeed(name)]),
  ['inference engine', describeEngine],
  ['chat kernels', () => readChatKernels(cacheFolder())?.reason ?? MISSING],
  ['database', describeDatabase],
  ['data folder', describeDataFolder],
  ['cache folder', async () => `${cacheFolder()} (${megabytes(await freeBytes(cacheFolder()))} MB free)`],
];

/** Looks at everything, one after the other, so that measurements don't disturb each other. */
async function examine(): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [topic, look] of PROBES) {
    try {
      findings.push({ topic, value: await look(), isGood: true });
    } catch (error) {
      findings.push({ topic, value: reasonOf(error), isGood: false });
    }
  }
  return findings;
}

function describeModel(): string {
  const model = readModel(cacheFolder());
  if (!model) throw new Error(MISSING);
  return `${model.path} (${megabytes(statSync(model.path).size)} MB, sha256 ${model.sha256.slice(0, 12)}…)`;
}

/** Without it the service starts, and corrections only teach: no fault. */
async function describeMemory(): Promise<string> {
  if (!parseEnvironment(process.env).MEMORY) return 'off (MEMORY says so)';
  const model = readEmbeddingModel(cacheFolder());
  if (!model) throw new Error(MISSING);
  try {
    const { InferenceSession } = (await import('onnxruntime-node')).default;
    await (await InferenceSession.create(model.modelPath)).release();
    return `on, ONNX Runtime runs ${basename(model.modelPath)}`;
  } catch (error) {
    return `off: ONNX Runtime can't be loaded here (${reasonOf(error)})`;
  }
}

function variant(): 'cpu' | 'gpu' {
  return readTrainingBackend(cacheFolder())?.name === 'tensorflow-gpu' ? 'gpu' : 'cpu';
}

function describeLibtensorflow(): string {
  const folder = libtensorflowFolder(cacheFolder(), variant());
  if (isLibtensorflowComplete(folder)) return `${basename(folder)} in ${dirname(folder)}`;
  return 'not here: a slower training backend is used';
}

function describeAddon(): string {
  const folder = libtensorflowFolder(cacheFolder(), variant());
  if (isAddonInstalled(addonKey(folder), folder)) return `compiled here, for this libtensorflow (${addonPath()})`;
  return existsSync(addonPath()) ? `not ours: ${addonPath()}` : 'not here';
}

function describeBackend(): string {
  const backend = readTrainingBackend(cacheFolder());
  if (!backend) throw new Error(MISSING);
  const gpu = hasNvidiaGpu() ? ' The path for NVIDIA GPUs has not been tested on real hardware by the authors.' : '';
  return `${backend.name}, ${threads('LEARN_THREADS')}: ${backend.reason}${gpu}`;
}

/** One thread a core unless the environment says otherwise: more threads than cores make everything many times slower. */
function threads(variable: 'LEARN_THREADS' | 'ENGINE_THREADS'): string {
  const reason = process.env[variable] ? `${variable} says so` : 'one a core';
  return `${parseEnvironment(process.env)[variable]} threads (${reason})`;
}

/** Whether a backend works here and how fast it is; that one isn't here is no fault. */
async function describeSpeed(name: TrainingBackendName): Promise<string> {
  const chosen = readTrainingBackend(cacheFolder())?.name;
  const skipped = tensorflowSkipped(name, chosen);
  if (skipped) return `not here: ${skipped}`;
  const { size, rounds } = TRIALS[name];
  const trial = await tryBackend(name, size, rounds);
  if (!trial.works) {
    if (name === chosen) throw new Error(`the chosen backend doesn't work: ${trial.reason}`);
    return `not here: ${trial.reason}`;
  }
  const gflops = trial.gflops < 10 ? trial.gflops.toFixed(1) : trial.gflops.toFixed(0);
  return `${gflops} GFLOPS (f32 product, ${size}×${size})${name === chosen ? ', chosen' : ''}`;
}

/** Both variants are the same npm package, so only the one that set-up made ready can be tried. */
function tensorflowSkipped(name: TrainingBackendName, chosen: TrainingBackendName | undefined): string | undefined {
  if (name === 'tensorflow-gpu' && !hasNvidiaGpu()) return 'no NVIDIA GPU is present';
  if (!name.startsWith('tensorflow') || name === chosen) return undefined;
  return chosen?.startsWith('tensorflow') ? `${chosen} is in its place` : 'its library was not made ready';
}

async function describeEngine(): Promise<string> {
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
  const llama = await getLlama({ build: 'never', logLevel: LlamaLogLevel.error });
  try {
    const device = llama.gpu === false ? 'CPU' : llama.gpu;
    return `llama.cpp ${llama.llamaCppRelease.release}, ${llama.buildType} for ${device}, ${threads('ENGINE_THREADS')}`;
  } finally {
    await llama.dispose();
  }
}

function describeDatabase(): string {
  if (process.env.DATABASE_URL) return 'your own (DATABASE_URL is set)';
  const { folder, version } = findPostgresBinaries();
  if (!areLinksRestored(folder)) throw new Error(MISSING);
  return `embedded Postgres ${version}`;
}

async function describeDataFolder(): Promise<string> {
  const account = process.env.DATABASE_URL ? undefined : await postgresIdentity();
  const { folder, reason } = chooseDataHome(ownSurroundings(), (path) => !account || canEnter(account, path));
  let onDisk = folder;
  while (!existsSync(onDisk)) onDisk = dirname(onDisk);
  return `${folder} (${reason}; ${megabytes(await freeBytes(onDisk))} MB free)`;
}

/** Bytes that this process may use: what the container grants, if it is less than what the machine has. */
function availableMemory(): number {
  const granted = process.constrainedMemory();
  return granted > 0 ? Math.min(granted, totalmem()) : totalmem();
}

function megabytes(bytes: number): string {
  return Math.round(bytes / BYTES_PER_MB).toLocaleString('en');
}

function print(findings: Finding[]): void {
  const width = Math.max(...findings.map(({ topic }) => topic.length));
  for (const { topic, value, isGood } of findings)
    console.log(`${isGood ? '✓' : '✗'} ${topic.padEnd(width)}  ${value}`);
}

const findings = await examine();
if (process.argv.includes('--json')) {
  console.log(JSON.stringify(Object.fromEntries(findings.map(({ topic, ...rest }) => [topic, rest])), undefined, 2));
} else {
  print(findings);
}
process.exit(findings.every(({ isGood }) => isGood) ? 0 : 1);
