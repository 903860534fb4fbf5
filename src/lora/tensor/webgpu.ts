// WebGPU outside a browser: Dawn (npm `webgpu`) under tfjs's own WebGPU backend, for GPUs of any maker. Both packages are optional.
import { createRequire } from 'node:module';

/** Names of drivers that compute on the processor: right, and hundreds of times slower than libtensorflow there. */
export const SOFTWARE_DRIVERS = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/** What is used here of the two packages; their own types need the browser's. */
interface Adapter {
  info: { vendor: string; architecture: string; description: string; isFallbackAdapter?: boolean };
}
interface Dawn {
  globals: object;
  create: (flags: string[]) => { requestAdapter(options?: object): Promise<Adapter | null> };
}

/** The device that answers, in words, and whether it only imitates a GPU. */
export interface WebGpuDevice {
  name: string;
  isSoftware: boolean;
}

/**
 * Loads Dawn, looks which GPU it has, and registers tfjs's backend `webgpu` for it.
 * @throws Error when a package isn't installed or no GPU answers
 */
export async function registerWebGpu(): Promise<WebGpuDevice> {
  const require = createRequire(import.meta.url);
  const { create, globals } = (await import(require.resolve('webgpu'))) as Dawn;
  const gpu = create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('no GPU driver answers');
  Object.assign(globalThis, globals);
  // Node has no `navigator` before version 21, and none with a GPU after it.
  const navigator = (globalThis as { navigator?: object }).navigator ?? {};
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  // CommonJS on purpose: it registers itself in the tfjs-core instance that it requires.
  require('@tensorflow/tfjs-backend-webgpu');
  const { description, vendor, architecture, isFallbackAdapter } = adapter.info;
  const name = description || [vendor, architecture].filter(Boolean).join(' ') || 'a GPU without a name';
  return { name, isSoftware: isFallbackAdapter === true || SOFTWARE_DRIVERS.test(`${architecture} ${description}`) };
}
