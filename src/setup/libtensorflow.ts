// libtensorflow, the native library under the learner: taken out of TensorFlow's Python wheel, of which only the two shared libraries
// and the headers that the addon's compile needs are kept (0.86 of 1.3 GB unpacked). No Python is needed to run it.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { moveDurably } from './checksum.js';
import { assertDiskSpace } from './disk.js';
import { writeJsonNote } from './json-note.js';
import { downloadWheel, findPipClient, wheelPath, type PipClient, type Wheel } from './python-wheels.js';
import { SetupError } from './setup-error.js';
import { unpack } from './unpack.js';
import { CUDA_WHEELS } from './cuda-wheels.js';

export const LIBTENSORFLOW_VERSION = '2.21.0';

/** The two shared libraries that the addon is linked with. */
export const TENSORFLOW_LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;

/** What an unpacked wheel's libraries and headers take. */
const UNPACKED_BYTES = 870_000_000;
const COMPLETE_FILE = 'complete.json';

const completeSchema = z.object({ sizes: z.record(z.string(), z.number()) });

/** What libtensorflow is built for. */
export type LibtensorflowVariant = 'cpu' | 'gpu';

/** Any CPython will do: what is taken from the wheel doesn't depend on it. */
const target = (platform: string) => ({ pythonVersion: '311', abi: 'cp311', platform });

const WHEELS: Record<string, Wheel> = {
  'cpu-x64': {
    name: 'tensorflow-cpu',
    version: LIBTENSORFLOW_VERSION,
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    bytes: 273_829_956,
    target: target('manylinux_2_27_x86_64'),
  },
  // There is no tensorflow-cpu for this architecture: the plain wheel is the CPU build.
  'cpu-arm64': {
    name: 'tensorflow',
    version: LIBTENSORFLOW_VERSION,
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    bytes: 280_000_000,
    target: target('manylinux_2_27_aarch64'),
  },
  'gpu-x64': {
    name: 'tensorflow',
    version: LIBTENSORFLOW_VERSION,
    sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
    bytes: 620_000_000,
    target: target('manylinux_2_27_x86_64'),
  },
};

/** Whether an NVIDIA driver is loaded and not hidden by `CUDA_VISIBLE_DEVICES`. Looks at files only, so it is cheap. */
export function hasNvidiaGpu(variables: NodeJS.ProcessEnv = process.env, exists = existsSync): boolean {
  const hidden = variables.CUDA_VISIBLE_DEVICES === '' || variables.CUDA_VISIBLE_DEVICES === '-1';
  return !hidden && (exists('/dev/nvidia0') || exists('/usr/lib/wsl/lib/nvidia-smi'));
}

/** Whether there is a wheel for this variant on this platform. */
export function isLibtensorflowAvailable(
  variant: LibtensorflowVariant,
  platform: NodeJS.Platform = process.platform,
  architecture = process.arch,
): boolean {
  return platform === 'linux' && `${variant}-${architecture}` in WHEELS;
}

/** The folder that holds (or will hold) the libraries and `include/`. */
export function libtensorflowFolder(cacheFolder: string, variant: LibtensorflowVariant): string {
  return join(cacheFolder, 'libtensorflow', `${LIBTENSORFLOW_VERSION}-${variant}-${process.arch}`);
}

/** Whether a folder holds all of libtensorflow with the sizes it was unpacked with. Cheap. */
export function isLibtensorflowComplete(folder: string): boolean {
  try {
    const { sizes } = completeSchema.parse(JSON.parse(readFileSync(join(folder, COMPLETE_FILE), 'utf8')));
    return TENSORFLOW_LIBRARIES.every((name) => statSync(join(folder, name)).size === sizes[name]);
  } catch {
    return false;
  }
}

/**
 * Makes sure that libtensorflow is in the cache. Idempotent; resumes after the last finished wheel.
 * @returns its folder
 * @throws SetupError
 */
export async function ensureLibtensorflow(
  cacheFolder: string,
  variant: LibtensorflowVariant,
  log: (line: string) => void,
): Promise<string> {
  const folder = libtensorflowFolder(cacheFolder, variant);
  if (isLibtensorflowComplete(folder)) return folder;
  const wheel = WHEELS[`${variant}-${process.arch}`];
  if (!wheel) throw new SetupError('setup.training-backend', `There is no libtensorflow for ${process.arch}.`);
  const wheels = variant === 'gpu' ? [wheel, ...CUDA_WHEELS] : [wheel];
  const downloads = join(cacheFolder, 'downloads');
  await mkdir(downloads, { recursive: true });
  await assertDiskSpace(downloads, UNPACKED_BYTES + 2 * sum(wheels), `libtensorflow (${variant})`);
  const client = await findPipClient();
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  for (const each of wheels) await addWheel(each, { downloads, part, client, log });
  await writeComplete(part);
  await rm(folder, { recursive: true, force: true });
  await moveDurably(part, folder);
  for (const each of wheels) await rm(wheelPath(each, downloads), { force: true });
  return folder;
}

interface WheelSite {
  downloads: string;
  part: string;
  client: PipClient;
  log: (line: string) => void;
}

async function addWheel(wheel: Wheel, { downloads, part, client, log }: WheelSite): Promise<void> {
  log(`Fetching ${wheel.name} ${wheel.version} (${Math.round(wheel.bytes / 1e6)} MB) …`);
  const path = await downloadWheel(wheel, downloads, { client });
  log(`Unpacking ${wheel.name} …`);
  await unpackLibtensorflow(path, part);
}

/** Takes libraries and headers out of one wheel; an archive that can't be read is removed. @throws SetupError */
export async function unpackLibtensorflow(archive: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  try {
    if ((await unpack(archive, folder, keptPath)) > 0) return;
    throw new SetupError('setup.unpack', `${basename(archive)} holds no libraries: run \`npm run setup\` again.`);
  } catch (error) {
    await rm(archive, { force: true });
    throw error;
  }
}

const KEPT_HEADERS = /^tensorflow\/(include\/(?:tensorflow\/c|tensorflow\/core\/platform|tsl|xla\/tsl)\/.+\.h)$/;
const KEPT_LIBRARIES = /^tensorflow\/(libtensorflow_(?:cc|framework)\.so\.2)$/;
/** CUDA's libraries go beside libtensorflow, whose search path is its own folder. */
const KEPT_CUDA = /^nvidia\/[^/]+\/lib\/([^/]+\.so[.\d]*)$/;

/** Where an entry of a wheel is kept, relative to libtensorflow's folder; undefined if it isn't. */
export function keptPath(name: string): string | undefined {
  return KEPT_LIBRARIES.exec(name)?.[1] ?? KEPT_HEADERS.exec(name)?.[1] ?? KEPT_CUDA.exec(name)?.[1];
}

async function writeComplete(folder: string): Promise<void> {
  const missing = TENSORFLOW_LIBRARIES.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) {
    throw new SetupError(
      'setup.unpack',
      `The TensorFlow wheel holds no ${missing.join(', ')}: run \`npm run setup\` again.`,
    );
  }
  const sizes = Object.fromEntries(TENSORFLOW_LIBRARIES.map((name) => [name, statSync(join(folder, name)).size]));
  await writeJsonNote(join(folder, COMPLETE_FILE), { sizes });
}

function sum(wheels: readonly Wheel[]): number {
  return wheels.reduce((bytes, wheel) => bytes + wheel.bytes, 0);
}
