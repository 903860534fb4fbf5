// Tries a training backend in a child process: a library that needs instructions which this processor lacks kills its process,
// and must not kill ours.
import { z } from 'zod';
import { SOFTWARE_DRIVERS } from '../lora/tensor/webgpu.js';
import { runCommand } from './run-command.js';

/** The ways to run the learner's tensors, best first. `javascript` is plain tfjs: right, and far too slow for more than a try. */
export const TRAINING_BACKENDS = ['tensorflow-gpu', 'tensorflow-cpu', 'webgpu', 'wasm', 'javascript'] as const;
export type TrainingBackendName = (typeof TRAINING_BACKENDS)[number];

const TRIAL_MS_MAX = 120_000;

/** Node 23 removed two functions that tfjs calls; they are put back before it is loaded. */
const CHILD_SCRIPT = `
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value == null;
util.isArray ??= Array.isArray;
const [backend, size, rounds] = [process.argv[1], Number(process.argv[2]), Number(process.argv[3])];
const load = require('node:module').createRequire(process.argv[4]);
async function start() {
  if (backend.startsWith('tensorflow')) return load('@tensorflow/tfjs-node-gpu');
  const tf = load('@tensorflow/tfjs-core');
  if (backend === 'wasm') load('@tensorflow/tfjs-backend-wasm');
  if (backend === 'javascript') load('@tensorflow/tfjs-backend-cpu');
  if (backend === 'webgpu') {
    const { create, globals } = await import(load.resolve('webgpu'));
    Object.assign(globalThis, globals);
    const gpu = create([]);
    const info = (await gpu.requestAdapter())?.info;
    if (!info) throw new Error('no GPU driver answers');
    const isSoftware = info.isFallbackAdapter || ${String(SOFTWARE_DRIVERS)}.test(info.description);
    if (isSoftware) throw new Error(info.description + ' only imitates a GPU, so it is never chosen');
    Object.defineProperty(globalThis.navigator ?? (globalThis.navigator = {}), 'gpu', { value: gpu, configurable: true });
    load('@tensorflow/tfjs-backend-webgpu');
  }
  if (!(await tf.setBackend(backend === 'javascript' ? 'cpu' : backend))) throw new Error('cannot be initialised');
  await tf.ready();
  return tf;
}
start().then(async (tf) => {
  const a = tf.fill([size, size], 0.5);
  const b = tf.fill([size, size], 2);
  const product = async () => {
    const c = tf.matMul(a, b);
    const values = await c.data();
    c.dispose();
    if (values[0] !== size || values[size * size - 1] !== size) throw new Error('multiplies wrongly');
  };
  await product();
  const started = performance.now();
  for (let round = 0; round < rounds; round++) await product();
  const seconds = (performance.now() - started) / 1000;
  console.log('trial ' + JSON.stringify({ gflops: (2 * size ** 3 * rounds) / seconds / 1e9 }));
  process.exit(0);
}).catch((error) => { console.error('trial failed: ' + (error?.message ?? error)); process.exit(1); });
`;

const trialSchema = z.object({ gflops: z.number() });

/** What a trial found: the speed of a square f32 product, or why the backend doesn't work. */
export type Trial = { works: true; gflops: number } | { works: false; reason: string };

/** @param size side of the square matrices @param rounds products that are timed, after one that isn't */
export async function tryBackend(backend: TrainingBackendName, size = 64, rounds = 1): Promise<Trial> {
  const args = ['--eval', CHILD_SCRIPT, backend, String(size), String(rounds), import.meta.url];
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };
  const result = await runCommand(process.execPath, args, { env, timeoutMs: TRIAL_MS_MAX });
  const line = result.stdout.split('\n').find((text) => text.startsWith('trial '));
  if (result.code === 0 && line) return { works: true, ...trialSchema.parse(JSON.parse(line.slice('trial '.length))) };
  if (result.killedFor) return { works: false, reason: 'it stood still' };
  if (result.code === undefined) return { works: false, reason: 'it crashed (does the processor have AVX?)' };
  const failed = result.stderr.split('\n').findLast((text) => text.startsWith('trial failed: '));
  const reason = (failed?.slice('trial failed: '.length) ?? result.stderr).trim().split('\n')[0];
  return { works: false, reason: reason || `exit code ${result.code}` };
}
