// Starts the real service for a test: the built process, a free port, a folder of its own, a real Postgres, the real model.
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const START_MS_MAX = 180_000;
const STOP_MS_MAX = 30_000;
const OUTPUT_CHARS_MAX = 20_000;
const START = resolve('dist/src/start.cjs');
/** What `npm start` sets, see package.json. */
const AS_BY_NPM_START = { MALLOC_MMAP_THRESHOLD_: '1048576', MALLOC_ARENA_MAX: '2' };
const NODE_AS_BY_NPM_START = ['--max-semi-space-size=4'];

/** A service under test. */
export interface ServiceUnderTest {
  url: string;
  agentToken: string;
  operatorToken: string;
  dataDir: string;
  databaseUrl: string;
  /** Every route that it answers, e.g. `GET /readyz`. */
  routes: string[];
  pid: number;
  /** The newest part of what it printed, for failure messages. */
  output(): string;
  /** Ends it by SIGTERM, waits for it, removes its folder. */
  stop(): Promise<void>;
}

/**
 * Forks `dist/src/start.cjs` (build first) and waits until it is ready.
 * The memory of corrections is off unless `env` says otherwise: most tests measure what the weights learnt.
 * @param env settings on top of the defaults; `DATABASE_URL` to use a Postgres of the test's own, `RETUNE_DATA` to keep a folder
 * @throws Error with the process's output when it doesn't become ready
 */
export async function startService(env: Record<string, string> = {}): Promise<ServiceUnderTest> {
  const dataDir = env.RETUNE_DATA ?? (await temporaryFolder());
  const agentToken = env.AGENT_TOKEN ?? `agent-${randomBytes(12).toString('hex')}`;
  const operatorToken = env.OPERATOR_TOKEN ?? `operator-${randomBytes(12).toString('hex')}`;
  const settings = { PORT: '0', RETUNE_DATA: dataDir, AGENT_TOKEN: agentToken, OPERATOR_TOKEN: operatorToken };
  const child = fork(START, [], {
    env: {
      ...process.env,
      ...AS_BY_NPM_START,
      NODE_OPTIONS: '',
      LEARN_CRON: 'off',
      MEMORY: 'false',
      ...settings,
      ...env,
    },
    execArgv: NODE_AS_BY_NPM_START,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = collectOutput(child);
  const stop = async () => {
    await end(child);
    if (!env.RETUNE_DATA) await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const { url, databaseUrl, routes } = await readiness(child, output);
    return { url, databaseUrl, routes, agentToken, operatorToken, dataDir, pid: child.pid ?? 0, output, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A temporary folder that user postgres can reach (Postgres doesn't run as root). */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'retune-test-'));
  await chmod(folder, 0o755);
  return folder;
}

type Ready = Pick<ServiceUnderTest, 'url' | 'databaseUrl' | 'routes'>;

function readiness(child: ChildProcess, output: () => string): Promise<Ready> {
  return new Promise((ready, fail) => {
    const failed = (reason: string) => fail(new Error(`The service ${reason}. It printed:\n${output()}`));
    const timer = setTimeout(() => failed(`was not ready after ${START_MS_MAX / 1000} s`), START_MS_MAX);
    child.on('message', (message: { ready?: Ready }) => {
      if (!message.ready) return;
      clearTimeout(timer);
      ready(message.ready);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      failed(`ended (${signal ?? code}) before it was ready`);
    });
  });
}

function collectOutput(child: ChildProcess): () => string {
  let text = '';
  const append = (chunk: Buffer) => (text = (text + chunk.toString()).slice(-OUTPUT_CHARS_MAX));
  child.stdout?.on('data', append);
  child.stderr?.on('data', append);
  return () => text;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolveEnd) => child.once('exit', () => resolveEnd()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await ended;
  clearTimeout(timer);
}
