// The native addon between tfjs and libtensorflow: compiled here from the C++ sources inside the npm package, because its own install
// script fetches a much older TensorFlow. A compiled addon is cached by everything it depends on, then copied to where tfjs looks for it.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { moveDurably } from './checksum.js';
import { writeJsonNote } from './json-note.js';
import { isLibtensorflowComplete, LIBTENSORFLOW_VERSION, TENSORFLOW_LIBRARIES } from './libtensorflow.js';
import { installCompiled, nativeSources, nodeHeaders } from './native-code.js';
import { failureOf, runCommand } from './run-command.js';
import { SetupError } from './setup-error.js';

const NAPI_VERSION = 8;
const ADDON_FILE = 'tfjs_binding.node';
// The learner's kernels are compiled for this very processor; NaN and infinity keep their meaning, since they end a bad run.
const FLAGS = [
  ...['-std=c++17', '-O3', '-shared', '-fPIC', `-DNAPI_VERSION=${NAPI_VERSION}`],
  ...[process.arch === 'x64' ? '-march=native' : '-mcpu=native', '-fno-math-errno', '-fno-trapping-math'],
];
const COMPILE_MS_MAX = 10 * 60_000;

const require = createRequire(import.meta.url);

/** The learner's own kernels: in the source tree, beside the code that runs them. */
const KERNELS = nativeSources('lora/tensor/kernels/');
const installedSchema = z.object({ key: z.string() });

/** Folder of the npm package whose addon this is. */
export function tfjsFolder(): string {
  return dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
}

/** Where tfjs loads the addon from. */
export function addonPath(packageFolder = tfjsFolder()): string {
  return join(packageFolder, 'lib', `napi-v${NAPI_VERSION}`, ADDON_FILE);
}

/** What the processor can do: an addon compiled for another one would die of an illegal instruction. */
function processorFeatures(): string {
  if (!existsSync('/proc/cpuinfo')) return cpus()[0]?.model ?? '';
  return readFileSync('/proc/cpuinfo', 'utf8').match(/^(flags|Features)\s*:.*$/m)?.[0] ?? '';
}

/** Changes with the sources, the flags, the processor, libtensorflow's version, and the folder that the addon will find it in. */
export function addonKey(libtensorflow: string, packageFolder = tfjsFolder()): string {
  const hash = createHash('sha256').update(
    [LIBTENSORFLOW_VERSION, libtensorflow, process.arch, processorFeatures(), ...FLAGS].join('\n'),
  );
  for (const folder of [join(packageFolder, 'binding'), KERNELS]) {
    for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 24);
}

/** Whether the addon in node_modules is the one for this key, and libtensorflow is still where it expects it. Cheap. */
export function isAddonInstalled(key: string, libtensorflow: string, packageFolder = tfjsFolder()): boolean {
  const path = addonPath(packageFolder);
  if (!existsSync(path) || !isLibtensorflowComplete(libtensorflow)) return false;
  try {
    return installedSchema.parse(JSON.parse(readFileSync(`${path}.json`, 'utf8'))).key === key;
  } catch {
    return false;
  }
}

/**
 * Makes sure that the addon is in node_modules: from there, from the cache, or compiled.
 * @throws SetupError `setup.training-backend` when there is no compiler or the compile fails
 */
export async function ensureAddon(
  cacheFolder: string,
  libtensorflow: string,
  log: (line: string) => void,
): Promise<void> {
  const key = addonKey(libtensorflow);
  if (isAddonInstalled(key, libtensorflow)) return;
  const cached = join(cacheFolder, 'tfjs-addon', key, ADDON_FILE);
  if (!existsSync(cached)) {
    log('Compiling the tfjs addon …');
    await compile(libtensorflow, cached);
  }
  await install(cached, key);
}

async function compile(libtensorflow: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const part = `${target}.part`;
  const result = await runCommand(process.env.CXX ?? 'g++', compilerArguments(libtensorflow, part), {
    timeoutMs: COMPILE_MS_MAX,
  });
  if (result.code === 127) {
    const advice =
      'install it (Debian and Ubuntu: `apt-get install g++`) and run `npm run setup` again for the fast backend';
    throw new SetupError('setup.training-backend', `There is no C++ compiler (g++): ${advice}.`);
  }
  if (result.code !== 0) {
    await rm(part, { force: true });
    throw new SetupError('setup.training-backend', `The tfjs addon can't be compiled (${failureOf(result)}).`);
  }
  await moveDurably(part, target);
}

function compilerArguments(libtensorflow: string, target: string): string[] {
  const sources = [join(tfjsFolder(), 'binding'), KERNELS].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.cc'))
      .map((name) => join(folder, name)),
  );
  const includes = [`-I${join(libtensorflow, 'include')}`, `-I${nodeHeaders()}`];
  const libraries = TENSORFLOW_LIBRARIES.map((name) => `-l:${name}`);
  const linking = [`-L${libtensorflow}`, ...libraries, `-Wl,-rpath,${libtensorflow}`];
  return [...FLAGS, ...includes, ...sources, '-o', target, ...linking];
}

async function install(cached: string, key: string): Promise<void> {
  const path = addonPath();
  await installCompiled(cached, path, 'The tfjs addon', 'setup.training-backend');
  await writeJsonNote(`${path}.json`, { key });
}
