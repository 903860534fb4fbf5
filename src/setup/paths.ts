// Where assets and the service's own state live. Assets are outside node_modules, keyed by version or sha256, so that a second
// clone reuses them; the choice of the data home must also work for root, whose Postgres runs as another user.
import { createHash } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync, type Stats } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { reasonOf, SetupError } from './setup-error.js';

/** The folder for service data that every user can reach, and the one for caches when there is no usable home. */
const SYSTEM_DATA_FOLDER = '/var/lib/retune';
const SYSTEM_CACHE_FOLDER = '/var/cache/retune';

/** An account of the system by its numbers. */
export interface Account {
  uid: number;
  gid: number;
}

/** What `chooseCacheFolder` and `chooseDataHome` look at; injected, so that the choice itself is pure. */
export interface Surroundings {
  variables: Record<string, string | undefined>;
  home: string;
  workingFolder: string;
  /** Whether this process may create the folder and write in it. */
  canWrite: (folder: string) => boolean;
}

/** The surroundings of this process. */
export function ownSurroundings(): Surroundings {
  return { variables: process.env, home: homedir(), workingFolder: process.cwd(), canWrite: canWriteBelow };
}

/** The absolute folder of downloaded assets: `RETUNE_CACHE`, the user's cache, or a system folder without a usable home. */
export function chooseCacheFolder({ variables, home, workingFolder, canWrite }: Surroundings): string {
  if (variables.RETUNE_CACHE) return resolve(workingFolder, variables.RETUNE_CACHE);
  const own = variables.XDG_CACHE_HOME ? join(variables.XDG_CACHE_HOME, 'retune') : join(home, '.cache', 'retune');
  return canWrite(own) || !canWrite(SYSTEM_CACHE_FOLDER) ? resolve(own) : SYSTEM_CACHE_FOLDER;
}

/** A data home and, in words, why it is this one. */
export interface DataHome {
  folder: string;
  reason: string;
}

/**
 * The folder of the embedded database, artifacts and checkpoints.
 * @param canDatabaseReach whether the account that Postgres runs as can enter a folder (it isn't ours when we are root)
 */
export function chooseDataHome(
  { variables, workingFolder, canWrite }: Surroundings,
  canDatabaseReach: (folder: string) => boolean,
): DataHome {
  if (variables.RETUNE_DATA) {
    return { folder: resolve(workingFolder, variables.RETUNE_DATA), reason: 'RETUNE_DATA names it' };
  }
  const local = join(workingFolder, 'data');
  if (!canWrite(local)) return { folder: local, reason: 'below the working folder, but not writable' };
  if (canDatabaseReach(local)) return { folder: local, reason: 'below the working folder' };
  const project = createHash('sha256').update(resolve(workingFolder)).digest('hex').slice(0, 12);
  return {
    folder: join(SYSTEM_DATA_FOLDER, project),
    reason: `user postgres can't reach ${local}, so it is the system's folder for service data`,
  };
}

/** Where the Postgres binaries are copied when user postgres can't reach node_modules. */
export function systemPostgresFolder(version: string): string {
  return join(SYSTEM_DATA_FOLDER, `postgres-${version}`);
}

/**
 * Whether an account may enter a folder, by the permission bits of it and of all folders above. Folders that don't exist yet count
 * as enterable: we create them so.
 */
export function canEnter(account: Account, folder: string, stat: (path: string) => Stats | undefined = statIfThere) {
  for (let path = resolve(folder); ; path = dirname(path)) {
    const found = stat(path);
    if (found && !mayEnter(account, found)) return false;
    if (path === dirname(path)) return true;
  }
}

function mayEnter({ uid, gid }: Account, { uid: owner, gid: group, mode }: Stats): boolean {
  if (uid === owner) return (mode & 0o100) !== 0;
  return (mode & (gid === group ? 0o010 : 0o001)) !== 0;
}

function statIfThere(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function canWriteBelow(folder: string): boolean {
  for (let path = resolve(folder); ; path = dirname(path)) {
    if (existsSync(path)) {
      try {
        accessSync(path, constants.W_OK | constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }
    if (path === dirname(path)) return false;
  }
}

/**
 * Makes a folder of ours.
 * @param everyoneMayEnter whatever the umask says, for the account of Postgres; a folder that was there before is left as it is
 * @throws SetupError `setup.folder` that names the variable to set instead
 */
export function ensureFolder(
  folder: string,
  variable: 'RETUNE_CACHE' | 'RETUNE_DATA',
  everyoneMayEnter = false,
): string {
  try {
    const first = mkdirSync(folder, { recursive: true });
    if (first !== undefined && everyoneMayEnter) openUp(first, folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
    return folder;
  } catch (error) {
    const advice = `set ${variable} to a folder that this user can write`;
    throw new SetupError('setup.folder', `Can't write in ${folder} (${reasonOf(error)}): ${advice}.`, { cause: error });
  }
}

function openUp(first: string, last: string): void {
  for (let path = resolve(last); ; path = dirname(path)) {
    chmodSync(path, 0o755);
    if (path === resolve(first) || path === dirname(path)) return;
  }
}

/** The cache folder of this process, made if needed. @throws SetupError `setup.folder` */
export function cacheFolder(): string {
  return ensureFolder(chooseCacheFolder(ownSurroundings()), 'RETUNE_CACHE');
}
