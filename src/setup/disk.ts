// A full disk found out beforehand is a sentence; found out in the middle it is half a file.
import { statfs } from 'node:fs/promises';
import { SetupError } from './setup-error.js';

const BYTES_PER_MB = 1_000_000;

/** Bytes that this user can still write on the disk of a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** @throws SetupError `setup.disk-full` */
export async function assertDiskSpace(folder: string, neededBytes: number, what: string): Promise<void> {
  const free = await freeBytes(folder);
  if (free >= neededBytes) return;
  throw new SetupError(
    'setup.disk-full',
    `For ${what} ${megabytes(neededBytes)} MB are needed in ${folder}, but only ${megabytes(free)} MB are free: ` +
      'free some space, or set RETUNE_CACHE to a folder on another disk.',
  );
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_MB);
}
