// Writes a file so that a reader sees the whole of it or none: beside the target, synced, renamed.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes the chunks one after another; they may be made lazily, so that a file larger than memory can be written.
 * @throws the file system's error (e.g. ENOSPC) or the chunks' own; then nothing is left behind
 */
export function writeAtomically(
  path: string,
  chunks: Iterable<Uint8Array>,
  temporary = `${path}.part-${process.pid}`,
): void {
  const file = openSync(temporary, 'w');
  try {
    try {
      for (const chunk of chunks) writeAll(file, chunk);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A rename survives a power cut only when its folder is synced too. Windows can't open a folder, and need not. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}
