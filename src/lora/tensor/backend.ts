// Chooses what computes: TensorFlow's own library (GPU or CPU), else WebGPU, else WebAssembly, else plain JavaScript, and says why.
import * as tf from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import util from 'node:util';
import { LoraError } from '../lora-error.js';
import { registerWebGpu, type WebGpuDevice } from './webgpu.js';

/** Best first. `tensorflow` is the GPU's or the processor's library, whichever set-up made ready. */
export const BACKENDS = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const;
export type BackendName = (typeof BACKENDS)[number];

/** The chosen backend; `reason` is for people (doctor, run reports). */
export interface Backend {
  name: BackendName;
  threads: number;
  reason: string;
  /** A GPU that is only imitated on the processor. */
  isSoftware: boolean;
}

/**
 * Loads the first backend of the order that works here, or exactly `prefer`. A GPU that is only imitated in software is never
 * taken by the order, only when asked for: it is right, and far too slow.
 * Threads beyond the cores make everything slower, so they are capped.
 * @throws LoraError `backend.unavailable` with the reason of each one tried
 */
export async function openBackend(options: { threads?: number; prefer?: BackendName } = {}): Promise<Backend> {
  const threads = Math.max(1, Math.min(options.threads ?? availableParallelism(), availableParallelism()));
  const failures: string[] = [];
  for (const name of options.prefer ? [options.prefer] : BACKENDS) {
    try {
      const device = await LOADERS[name](threads, options.prefer === undefined);
      const why = failures.length ? `chosen because ${failures.join('; ')}` : 'the fastest one present';
      const reason = options.prefer ? 'asked for' : why;
      const isSoftware = device?.isSoftware ?? false;
      const onDevice = device ? `${reason}; on ${device.name}` : reason;
      return { name, threads: name === 'cpu' || name === 'webgpu' ? 1 : threads, reason: onDevice, isSoftware };
    } catch (error) {
      failures.push(`${name} is not available (${(error as Error).message.split('\n')[0]})`);
    }
  }
  throw new LoraError(
    'backend.unavailable',
    `No training backend works here: ${failures.join('; ')}. Run "npm run setup".`,
  );
}

/** Each loads its backend and may name the device. `byOrder` is true when nobody asked for it by name. */
const LOADERS: Record<BackendName, (threads: number, byOrder: boolean) => Promise<WebGpuDevice | void>> = {
  async tensorflow(threads) {
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
    process.env.TF_NUM_INTRAOP_THREADS = String(threads);
    process.env.TF_NUM_INTEROP_THREADS = '1';
    process.env.OMP_NUM_THREADS = String(threads);
    // tfjs-node 4.22 calls two functions that Node 23 removed.
    const legacy = util as unknown as Record<string, unknown>;
    legacy.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
    legacy.isArray ??= Array.isArray;
    // CommonJS on purpose: it must share the tfjs-core instance that it requires itself.
    createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu');
    await use('tensorflow');
  },
  async webgpu(_threads, byOrder) {
    const device = await registerWebGpu();
    if (device.isSoftware && byOrder) throw new Error(`${device.name} only imitates a GPU`);
    await use('webgpu');
    return device;
  },
  async wasm(threads) {
    const wasm = (await import('@tensorflow/tfjs-backend-wasm')) as { setThreadsCount(count: number): void };
    wasm.setThreadsCount(threads);
    await use('wasm');
  },
  async cpu() {
    createRequire(import.meta.url)('@tensorflow/tfjs-backend-cpu');
    await use('cpu');
  },
};

async function use(name: BackendName): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error('it does not start');
  await tf.ready();
}

/** Measured rate of the backend, GFLOPS of a float32 matrix product (n × n, best of 5): the yardstick for a run's efficiency. */
export async function measureGflops(n = 1024): Promise<number> {
  const a = tf.randomUniform([n, n]);
  const b = tf.randomUniform([n, n]);
  let best = 0;
  for (let i = 0; i < 5; i++) {
    const start = process.hrtime.bigint();
    const product = tf.matMul(a, b);
    await product.data();
    best = Math.max(best, (2 * n ** 3) / Number(process.hrtime.bigint() - start));
    product.dispose();
  }
  tf.dispose([a, b]);
  return best;
}
