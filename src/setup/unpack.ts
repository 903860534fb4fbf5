// Takes single files out of a wheel (a zip archive) as streams: a library of 788 MB never is in memory.
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import { flush } from './checksum.js';
import { reasonOf, SetupError, systemCodeOf } from './setup-error.js';

/** More than any wheel holds (tensorflow: about 15,000); a bound against a hostile archive. */
const ENTRIES_MAX = 100_000;

/**
 * Unpacks the entries that `pathOf` gives a relative path for; what it gives undefined for is skipped. Files are on disk on return.
 * @returns the number of files written
 * @throws SetupError `setup.unpack` for a damaged archive, `setup.disk-full`
 */
export async function unpack(
  archivePath: string,
  folder: string,
  pathOf: (name: string) => string | undefined,
): Promise<number> {
  let written = 0;
  try {
    const archive = await yauzl.openPromise(archivePath, { autoClose: false, lazyEntries: true });
    try {
      if (archive.entryCount > ENTRIES_MAX) throw new Error(`more than ${ENTRIES_MAX} entries`);
      for await (const entry of archive.eachEntry()) {
        const path = entry.fileName.endsWith('/') ? undefined : pathOf(entry.fileName);
        if (path === undefined) continue;
        await writeEntry(archive, entry, inside(folder, path));
        written++;
      }
    } finally {
      archive.close();
    }
    return written;
  } catch (error) {
    throw unpackError(archivePath, folder, error);
  }
}

async function writeEntry(archive: yauzl.ZipFile, entry: yauzl.Entry, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(path));
  await flush(path);
}

function inside(folder: string, path: string): string {
  const target = join(folder, path);
  if (!resolve(target).startsWith(resolve(folder) + sep)) throw new Error(`an entry leads out of the folder: ${path}`);
  return target;
}

function unpackError(archivePath: string, folder: string, error: unknown): SetupError {
  if (systemCodeOf(error) === 'ENOSPC') {
    const advice = `free some space, or set RETUNE_CACHE to a folder on another disk, and run \`npm run setup\` again`;
    return new SetupError('setup.disk-full', `The disk of ${folder} is full: ${advice}.`, { cause: error });
  }
  const name = basename(archivePath);
  const sentence = `${name} can't be unpacked (${reasonOf(error)}): run \`npm run setup\` again to fetch it anew.`;
  return new SetupError('setup.unpack', sentence, { cause: error });
}
