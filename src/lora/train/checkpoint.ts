// A checkpoint: everything a run needs to go on as if it had never stopped. Written atomically: `kill -9` at any moment
// leaves the last whole one.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../atomic-write.js';
import { LoraError } from '../lora-error.js';

const FILE = 'checkpoint.bin';

/** The three ways in which a system says that no more can be written, in words. */
const NO_SPACE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: "this user's disk quota is used up",
  EFBIG: 'the file would be larger than this user may write (ulimit -f)',
};

/** Float32 arrays, in the file's order; (P) each unless said otherwise, empty where the run has none. */
const ARRAYS = [
  'values',
  'firstMoment',
  'secondMoment',
  'ema',
  'best', // the values that were best on the held-out examples
  'fisher', // EWC's Fisher information at the start
  'reference', // −log p of the compared completions at the start, training examples
  'heldOutReference', // the same of the held-out ones
] as const;

const progressSchema = z.object({
  /** Says which run it belongs to; another one's is refused. */
  fingerprint: z.string(),
  step: z.number().int().nonnegative(),
  updates: z.number().int().nonnegative(),
  skippedSteps: z.number().int().nonnegative(),
  badInARow: z.number().int().nonnegative(),
  tokens: z.number().int().nonnegative(),
  losses: z.array(z.number().nullable()),
  bestSoFar: z
    .object({ loss: z.number(), step: z.number().int(), worseSince: z.number().int().nonnegative() })
    .nullable(),
});

const headerSchema = z.object({
  progress: progressSchema,
  lengths: z.array(z.number().int().nonnegative()).length(ARRAYS.length),
});

export type CheckpointArrays = Record<(typeof ARRAYS)[number], Float32Array>;

/** The state after `step` optimiser steps. The order of the data is a function of seed and step, so no more is needed. */
export interface Checkpoint {
  progress: z.infer<typeof progressSchema>;
  arrays: CheckpointArrays;
}

/**
 * Layout: uint32 header length, JSON header, then the float32 arrays. Write, fsync, rename, fsync of the folder.
 * @throws LoraError `checkpoint.write_failed` (disk full, no permission): the older checkpoint stays as it was
 */
export function writeCheckpoint(dir: string, { progress, arrays }: Checkpoint): void {
  const lengths = ARRAYS.map((name) => arrays[name].length);
  const header = Buffer.from(JSON.stringify({ progress, lengths }));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(header.length);
  try {
    mkdirSync(dir, { recursive: true });
    // One name for the unfinished file: a run that is killed often leaves one of them, not many.
    writeAtomically(
      join(dir, FILE),
      [size, header, ...ARRAYS.map((name) => bytesOf(arrays[name]))],
      join(dir, `${FILE}.part`),
    );
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const why = NO_SPACE[code] ? `${NO_SPACE[code]}; make room, then start the run again` : message;
    throw new LoraError('checkpoint.write_failed', `The checkpoint in ${dir} can't be written: ${why}.`, { cause });
  }
}

/**
 * The last checkpoint of this run, or undefined when there is none.
 * @throws LoraError `checkpoint.invalid` when it is damaged or belongs to another run
 */
export function readCheckpoint(dir: string, fingerprint: string): Checkpoint | undefined {
  const path = join(dir, FILE);
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  const headerLength = bytes.length >= 4 ? bytes.readUInt32LE(0) : 0;
  const header = headerSchema.safeParse(parseJson(bytes.subarray(4, 4 + headerLength)));
  if (!header.success) throw damaged(path);
  const { progress, lengths } = header.data;
  if (progress.fingerprint !== fingerprint) {
    throw new LoraError(
      'checkpoint.invalid',
      `The checkpoint ${path} belongs to a run with other examples or settings.`,
    );
  }
  let at = 4 + headerLength;
  if (bytes.length !== at + 4 * lengths.reduce((sum, length) => sum + length, 0)) throw damaged(path);
  const arrays = {} as CheckpointArrays;
  ARRAYS.forEach((name, i) => {
    const end = at + 4 * (lengths[i] as number);
    arrays[name] = new Float32Array(bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + end));
    at = end;
  });
  return { progress, arrays };
}

function damaged(path: string): LoraError {
  return new LoraError('checkpoint.invalid', `The checkpoint ${path} is damaged; remove it to start the run again.`);
}

function bytesOf(array: Float32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
