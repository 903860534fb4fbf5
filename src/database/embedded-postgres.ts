// The database of a fresh clone: a Postgres of our own, used when DATABASE_URL isn't set. Several processes of one installation (web
// and worker) share it; the last one to leave stops it, and one that a killed process left running is taken over.
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { isProcessAlive, withLock } from '../setup/lock.js';
import { canEnter, chooseDataHome, ensureFolder, ownSurroundings, type Account } from '../setup/paths.js';
import { findPostgresBinaries, reachableBinaries } from '../setup/postgres-binaries.js';
import { reasonOf } from '../setup/setup-error.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { postgresAccount } from './postgres-account.js';
import { keepRunning } from './postgres-keeper.js';
import { readPostmaster } from './postmaster-file.js';
import {
  initialise,
  start,
  stop,
  stopNow,
  SUPERUSER,
  type Cluster,
  type PostgresSettings,
} from './postgres-cluster.js';

const DATABASE = 'retune';
const LOCK_WAIT_MS_MAX = 5 * 60_000;
const CONNECT_MS_MAX = 30_000;

export interface EmbeddedPostgresOptions {
  /** The data home. Default: `RETUNE_DATA`, else `./data`, else (as root, where user postgres can't reach it) a system folder. */
  dataDir?: string;
  /** Default: a free one. */
  port?: number;
  /** For example `{ fsync: 'off' }` in tests; the defaults survive a crash. */
  settings?: PostgresSettings;
  /** Told which folder was taken and why. */
  log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** Connection string of the database `retune`. */
  url: string;
  /** The data home, absolute; the cluster is its folder `postgres`. */
  dataDir: string;
  /** Leaves the database; stops it if no other process uses it. May be called more than once. */
  stop(): Promise<void>;
}

/**
 * Starts (or joins) the embedded Postgres; makes cluster and database the first time.
 * @throws EmbeddedPostgresError, SetupError one sentence that says what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions = {}): Promise<EmbeddedPostgres> {
  const account = await postgresAccount();
  const dataDir = dataHome(options, account);
  const native = await reachableBinaries(findPostgresBinaries(), account);
  const startLog = join(dataDir, 'postgres-start.log');
  const cluster: Cluster = { folder: join(dataDir, 'postgres'), native, account, startLog };
  const stopAtExit = () => stopIfLast(dataDir, cluster);
  return exclusively(dataDir, async () => {
    const password = await readPassword(dataDir, cluster);
    await initialise(cluster, password);
    // No one can be using a database that doesn't run: who is written down as its user was killed.
    if (!readPostmaster(cluster.folder)) await rm(usersFolder(dataDir), { recursive: true, force: true });
    process.once('exit', stopAtExit);
    const { port } = await start(cluster, options.settings ?? {}, options.port);
    const user = await register(dataDir);
    try {
      await createDatabase(port, password);
    } catch (error) {
      await leaveAndStop(dataDir, cluster, user);
      throw error;
    }
    const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${DATABASE}`;
    const stopKeeping = keep(dataDir, cluster, port, options);
    const stop = async () => {
      await stopKeeping();
      await exclusively(dataDir, () => leaveAndStop(dataDir, cluster, user));
      process.removeListener('exit', stopAtExit);
    };
    return { url, dataDir, stop };
  });
}

function keep(
  dataDir: string,
  cluster: Cluster,
  port: number,
  { settings = {}, log = () => undefined }: EmbeddedPostgresOptions,
) {
  return keepRunning({
    isRunning: () => readPostmaster(cluster.folder) !== undefined,
    restart: () => exclusively(dataDir, async () => void (await start(cluster, settings, port))),
    log,
  });
}

function dataHome({ dataDir, log }: EmbeddedPostgresOptions, account: Account | undefined): string {
  const surroundings = ownSurroundings();
  const variables = dataDir === undefined ? surroundings.variables : { RETUNE_DATA: dataDir };
  const canReach = (folder: string) => !account || canEnter(account, folder);
  const { folder, reason } = chooseDataHome({ ...surroundings, variables }, canReach);
  ensureFolder(folder, 'RETUNE_DATA', account !== undefined);
  if (!canReach(folder)) {
    throw new EmbeddedPostgresError(
      'database.home',
      `Postgres runs as user postgres, who can't reach ${folder}: set RETUNE_DATA to a folder below ones that all users may enter, or unset it.`,
    );
  }
  log?.(`Database in ${folder} (${reason}).`);
  return folder;
}

function exclusively<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  return withLock(join(dataDir, 'postgres.lock'), work, { waitMsMax: LOCK_WAIT_MS_MAX });
}

/** The superuser's password: made with the cluster, then kept beside it for this user only. */
async function readPassword(dataDir: string, cluster: Cluster): Promise<string> {
  const path = join(dataDir, 'postgres-password');
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  if (existsSync(join(cluster.folder, 'PG_VERSION'))) {
    const advice = 'restore it, or set RETUNE_DATA to a new folder';
    throw new EmbeddedPostgresError(
      'database.start',
      `${path}, the password of the embedded Postgres, is missing: ${advice}.`,
    );
  }
  const password = randomBytes(24).toString('hex');
  await writeFile(path, password, { mode: 0o600 });
  return password;
}

async function createDatabase(port: number, password: string): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password,
    database: 'postgres',
    connectionTimeoutMillis: CONNECT_MS_MAX,
  });
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } catch (error) {
    const sentence = `The embedded Postgres on port ${port} doesn't let us in (${reasonOf(error)}): set RETUNE_DATA to a new folder.`;
    throw new EmbeddedPostgresError('database.start', sentence, { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Holds one empty file for each process that uses the database, named after it. */
function usersFolder(dataDir: string): string {
  return join(dataDir, 'postgres-users');
}

/** Puts down that this process uses the database. @returns the file that says so */
async function register(dataDir: string): Promise<string> {
  const folder = usersFolder(dataDir);
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${process.pid}-${randomBytes(4).toString('hex')}`);
  await writeFile(path, '');
  return path;
}

/** Ids of the processes that use the database; one that was killed no longer does. */
function livingUsers(dataDir: string): number[] {
  const folder = usersFolder(dataDir);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.map((name) => Number.parseInt(name, 10)).filter(isProcessAlive);
}

async function leaveAndStop(dataDir: string, cluster: Cluster, user: string): Promise<void> {
  if (!existsSync(user)) return;
  await rm(user, { force: true });
  if (livingUsers(dataDir).length === 0) await stop(cluster);
}

/** For a process that ends without `stop()`: at a signal while it starts, in a crash. The exit of a process can't wait for promises. */
function stopIfLast(dataDir: string, cluster: Cluster): void {
  if (livingUsers(dataDir).every((pid) => pid === process.pid)) stopNow(cluster);
}
