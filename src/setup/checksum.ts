// Proof that a file is what it should be. Hashing 98 MB at every start would be slow, so a proof is remembered beside the file
// together with its size and time of change, and holds as long as both stay the same.
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { writeJsonNote } from './json-note.js';
import { SetupError } from './setup-error.js';

const proofSchema = z.object({ sha256: z.string().length(64), size: z.number(), changedMs: z.number() });

/** The sha256 of a file, in lower-case hex. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/**
 * Checks a file that was fetched; a wrong one is removed, so that the next try starts afresh.
 * @throws SetupError `setup.checksum`
 */
export async function assertSha256(path: string, expected: string, name: string): Promise<void> {
  const found = await sha256Of(path);
  if (found === expected) return;
  await rm(path, { force: true });
  throw new SetupError(
    'setup.checksum',
    `${name} is damaged or not the expected version (sha256 ${found}, expected ${expected}); it was removed, run \`npm run setup\` again.`,
  );
}

/** The sha256 that was proven for this file and still holds, or undefined. Cheap: reads no content. */
export function rememberedSha256(path: string, proofPath = `${path}.proof.json`): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return undefined;
  try {
    const proof = proofSchema.parse(JSON.parse(readFileSync(proofPath, 'utf8')));
    return proof.size === found.size && proof.changedMs === Math.trunc(found.mtimeMs) ? proof.sha256 : undefined;
  } catch {
    return undefined;
  }
}

/** Remembers what `sha256Of` gave for the file as it is now. */
export async function rememberSha256(path: string, sha256: string, proofPath = `${path}.proof.json`): Promise<void> {
  const { size, mtimeMs } = await stat(path);
  await writeJsonNote(proofPath, { sha256, size, changedMs: Math.trunc(mtimeMs) });
}

/** Moves a finished file or folder into place so that a crash leaves either nothing or all of it. */
export async function moveDurably(from: string, to: string): Promise<void> {
  await flush(from);
  await rename(from, to);
  await flush(dirname(to));
}

/** Waits until a file's (or folder's entries') bytes are on disk. */
export async function flush(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
