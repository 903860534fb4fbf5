// One suite for every backend that is present: the golden checks, in a process for each. A backend that isn't here is skipped, and
// the test's name says why.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { ConformanceReport } from '../testing/conformance.process.js';
import { floats, readGolden, relativeDistance, type TinyGolden } from '../testing/golden.js';

/** Debian's Chromium brings a Vulkan driver that computes on the processor, and the loader for it. */
const SWIFTSHADER = { folder: '/usr/lib/chromium', driver: '/usr/lib/chromium/vk_swiftshader_icd.json' };
const CHILD_MS_MAX = 400_000;

interface Place {
  name: string;
  backend: string;
  env: Record<string, string>;
}

const hasGpu = existsSync('/dev/dri') || existsSync('/dev/nvidiactl') || process.platform === 'darwin';
const software = { LD_LIBRARY_PATH: SWIFTSHADER.folder, VK_DRIVER_FILES: SWIFTSHADER.driver };
const PLACES: Place[] = [
  { name: 'cpu', backend: 'cpu', env: {} },
  { name: 'wasm', backend: 'wasm', env: {} },
  { name: 'tensorflow', backend: 'tensorflow', env: {} },
  { name: 'tensorflow without kernels', backend: 'tensorflow', env: { RETUNE_KERNELS: 'reference' } },
  { name: 'webgpu', backend: 'webgpu', env: !hasGpu && existsSync(SWIFTSHADER.driver) ? software : {} },
];

async function run({ backend, env }: Place): Promise<ConformanceReport | string> {
  const program = ['--import', './test/support/typescript.mjs', 'src/lora/testing/conformance.process.ts', backend];
  const options = { env: { ...process.env, NODE_OPTIONS: '', ...env }, timeout: CHILD_MS_MAX, maxBuffer: 1 << 26 };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, program, options);
    const line = stdout.split('\n').find((text) => text.startsWith('conformance {')) as string;
    return JSON.parse(line.slice('conformance '.length)) as ConformanceReport;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    const skipped = stderr?.split('\n').find((text) => text.startsWith('conformance skipped: '));
    if (skipped) return skipped.slice('conformance skipped: '.length);
    throw new Error(`${backend}: ${stderr || message}`, { cause: error });
  }
}

const reports = new Map<string, ConformanceReport | string>();
for (const place of PLACES) reports.set(place.name, await run(place));
const plain = reports.get('cpu') as ConformanceReport;
const golden = readGolden<TinyGolden>('tiny.json');

describe.each(PLACES.map(({ name }) => name))('the learner on %s', (name) => {
  const report = reports.get(name);
  if (typeof report === 'string') {
    it.skip(`is not checked here: ${report}`, () => undefined);
    return;
  }
  let found: ConformanceReport;
  beforeAll(() => {
    found = report as ConformanceReport;
  });

  it('computes every operation as plain JavaScript does', () => {
    const distances = Object.entries(plain.operations).map(([operation, values]) => {
      const distance = relativeDistance(floats(found.operations[operation] as string), floats(values));
      return { operation, distance };
    });
    expect(distances.length).toBeGreaterThan(10);
    expect(distances.filter(({ distance }) => !(distance < 2e-5))).toEqual([]);
  });

  it("gives transformers' log-probabilities", () => {
    golden.baseLogProbs.forEach((expected, i) =>
      expected.forEach((value, t) => expect(found.baseLogProbs[i]?.[t]).toBeCloseTo(value, 4)),
    );
  });

  it("gives PyTorch's loss and gradient", () => {
    expect(found.loss).toBeCloseTo(golden.loss, 5);
    expect(relativeDistance(floats(found.gradient), floats(golden.gradient))).toBeLessThan(1e-3);
  });

  it("follows torch's AdamW", () => {
    expect(found.curve.length).toBeGreaterThanOrEqual(3);
    found.curve.forEach((loss, i) => expect(loss).toBeCloseTo(golden.curve.losses[i] as number, 3));
    if (found.valuesAfter === null) return;
    expect(found.curve).toHaveLength(golden.curve.steps);
    expect(relativeDistance(floats(found.valuesAfter), floats(golden.valuesAfter))).toBeLessThan(5e-3);
  });

  it('repeats a run from its seed, and leaves no tensor behind', () => {
    expect(found.repeatDistance).toBeLessThan(1e-6);
    expect(found.leakedTensors).toBe(0);
  });
});

it('checks plain JavaScript and wasm everywhere, and the kernels where they are', () => {
  for (const name of ['cpu', 'wasm']) expect(typeof reports.get(name)).toBe('object');
  const reference = reports.get('tensorflow without kernels');
  if (typeof reference === 'object') expect(reference.hasKernels).toBe(false);
});
