// Chooses what the learner's tensors run on: libtensorflow through our own addon, else tfjs's stock binary, else WebGPU, else wasm.
// The choice is written down with its reason, so that every start, the log and the doctor say the same.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { z } from 'zod';
import { TRAINING_BACKENDS, tryBackend, type TrainingBackendName } from './backend-trial.js';
import {
  ensureLibtensorflow,
  hasNvidiaGpu,
  isLibtensorflowAvailable,
  libtensorflowFolder,
  LIBTENSORFLOW_VERSION,
  type LibtensorflowVariant,
} from './libtensorflow.js';
import { writeJsonNote } from './json-note.js';
import { runCommand } from './run-command.js';
import { reasonOf } from './setup-error.js';
import { addonKey, addonPath, ensureAddon, isAddonInstalled, tfjsFolder } from './tfjs-addon.js';

const STOCK_INSTALL_MS_MAX = 5 * 60_000;
const require = createRequire(import.meta.url);

const backendSchema = z.object({
  name: z.enum(TRAINING_BACKENDS),
  reason: z.string(),
  /** Where its native library comes from; a fallback has none, or tfjs's own. */
  library: z.enum(['own', 'stock', 'none']),
});

/** What training runs on, and why, in words. */
export type TrainingBackend = z.infer<typeof backendSchema>;

/** The choice of an earlier set-up if it still stands, else undefined. Cheap. */
export function readTrainingBackend(cacheFolder: string): TrainingBackend | undefined {
  try {
    const backend = backendSchema.parse(JSON.parse(readFileSync(choicePath(cacheFolder), 'utf8')));
    return stillStands(backend, cacheFolder) ? backend : undefined;
  } catch {
    return undefined;
  }
}

function stillStands({ name, library }: TrainingBackend, cacheFolder: string): boolean {
  if (library === 'none') return true;
  if (library === 'stock') return existsSync(addonPath());
  const folder = libtensorflowFolder(cacheFolder, name === 'tensorflow-gpu' ? 'gpu' : 'cpu');
  return isAddonInstalled(addonKey(folder), folder);
}

/**
 * Makes the best backend that this machine allows ready. Never throws: the last one, plain JavaScript, always works.
 * @param log is told each step, and why a better backend was passed over
 */
export async function ensureTrainingBackend(
  cacheFolder: string,
  log: (line: string) => void,
): Promise<TrainingBackend> {
  const backend = await chooseBackend(cacheFolder, log);
  await writeJsonNote(choicePath(cacheFolder), backend);
  return backend;
}

async function chooseBackend(cacheFolder: string, log: (line: string) => void): Promise<TrainingBackend> {
  const passedOver: string[] = [];
  const attempts: (() => Promise<TrainingBackend>)[] = [
    ...(hasNvidiaGpu() ? [() => own('gpu', cacheFolder, log)] : []),
    () => own('cpu', cacheFolder, log),
    () => stock(log),
    () => optional('webgpu', ['webgpu', '@tensorflow/tfjs-backend-webgpu']),
    () => optional('wasm', ['@tensorflow/tfjs-backend-wasm']),
  ];
  for (const attempt of attempts) {
    try {
      const backend = await attempt();
      return { ...backend, reason: [backend.reason, ...passedOver].join(' ') };
    } catch (error) {
      log(reasonOf(error));
      passedOver.push(reasonOf(error));
    }
  }
  return { name: 'javascript', library: 'none', reason: ['Nothing faster works here.', ...passedOver].join(' ') };
}

async function own(variant: LibtensorflowVariant, cacheFolder: string, log: (line: string) => void) {
  if (!isLibtensorflowAvailable(variant)) {
    throw new Error(`No libtensorflow for ${variant} on ${process.platform} ${process.arch}.`);
  }
  const folder = await ensureLibtensorflow(cacheFolder, variant, log);
  await ensureAddon(cacheFolder, folder, log);
  const name = `tensorflow-${variant}` as const;
  await assertWorks(name);
  const device =
    variant === 'gpu' ? 'an NVIDIA GPU is present' : hasNvidiaGpu() ? 'on the CPU' : 'no NVIDIA GPU is present';
  const reason = `libtensorflow ${LIBTENSORFLOW_VERSION} with an addon compiled here; ${device}.`;
  return { name, library: 'own', reason } satisfies TrainingBackend;
}

/** tfjs's own install script: an older TensorFlow, from a host that many networks block. */
async function stock(log: (line: string) => void): Promise<TrainingBackend> {
  log('Trying the stock binary of tfjs …');
  // It overwrites our addon, so the note beside that must go.
  await rm(`${addonPath()}.json`, { force: true });
  const kind = hasNvidiaGpu() ? 'gpu' : 'cpu';
  const folder = tfjsFolder();
  const binaries = join(dirname(dirname(folder)), '.bin');
  const env = { ...process.env, PATH: `${binaries}${delimiter}${process.env.PATH ?? ''}` };
  const script = join(folder, 'scripts', 'install.js');
  const result = await runCommand(process.execPath, [script, kind, 'download'], {
    cwd: folder,
    env,
    timeoutMs: STOCK_INSTALL_MS_MAX,
  });
  if (result.code !== 0 || !existsSync(addonPath())) throw new Error("The stock binary of tfjs can't be fetched.");
  const name = `tensorflow-${kind}` as const;
  await assertWorks(name);
  return { name, library: 'stock', reason: 'tfjs with its stock binary.' };
}

async function optional(name: 'webgpu' | 'wasm', packages: string[]): Promise<TrainingBackend> {
  for (const each of packages) {
    try {
      require.resolve(each);
    } catch {
      throw new Error(`The npm package ${each} isn't installed.`);
    }
  }
  await assertWorks(name);
  return { name, library: 'none', reason: `tfjs on ${name}, several times slower than libtensorflow.` };
}

async function assertWorks(name: TrainingBackendName): Promise<void> {
  const trial = await tryBackend(name);
  if (!trial.works) throw new Error(`The backend ${name} doesn't work here: ${trial.reason}.`);
}

/** One choice per copy of tfjs: the addon lies in its node_modules. */
function choicePath(cacheFolder: string): string {
  const project = createHash('sha256').update(tfjsFolder()).digest('hex').slice(0, 16);
  return join(cacheFolder, 'training-backend', `${project}.json`);
}
