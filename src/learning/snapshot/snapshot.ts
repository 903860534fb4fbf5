// The dataset snapshot: the exact items of one run, written once, named by its hash. What was trained can be looked up for
// ever, and a run that goes on after a crash sees the same items.
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { LearningError } from '../learning-error.js';

export const turnSchema = z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() });

/**
 * One line of the file. `group`: new, learnt earlier, or general rehearsal; `heldout` items are only for the gate. `kind` is the
 * loss that the line is trained with. Files of format 1 had none of the last three: all their lines are SFT.
 */
export const snapshotItemSchema = z
  .object({
    id: z.string().min(1),
    split: z.enum(['train', 'heldout']),
    group: z.enum(['new', 'earlier', 'general']),
    slice: z.string(),
    prompt: z.array(turnSchema).min(1),
    /** The right answer (sft, preference), or the rated one (binary). */
    completion: z.string().min(1),
    weight: z.number().positive(),
    /** Rehearsal: learn what the base model expects at the completion's tokens, not the tokens themselves. */
    distil: z.boolean(),
    kind: z.enum(['sft', 'preference', 'binary']).default('sft'),
    /** The answer that was shown instead (preference). */
    rejected: z.string().min(1).nullable().default(null),
    /** Whether the answer was found good (binary). */
    desirable: z.boolean().nullable().default(null),
  })
  .refine(({ kind, rejected }) => (kind === 'preference') === (rejected !== null), 'a pair has two answers')
  .refine(({ kind, desirable }) => (kind === 'binary') === (desirable !== null), 'a rated answer has a rating');
export type SnapshotItem = z.infer<typeof snapshotItemSchema>;

/** The format that is written; all up to it are read. */
const FORMAT = 2;
/** First line: where the file comes from. */
const headerSchema = z.object({
  retuneSnapshot: z.number().int().min(1).max(FORMAT),
  runId: z.uuid(),
  seed: z.number().int(),
});

export interface Snapshot {
  runId: string;
  seed: number;
  items: SnapshotItem[];
}

/**
 * Writes the snapshot (a temporary file, fsync, rename) read-only and returns its SHA-256.
 * @throws LearningError `learning.snapshot_not_written` (disk full, no permission)
 */
export function writeSnapshot(path: string, { runId, seed, items }: Snapshot): string {
  const lines = [{ retuneSnapshot: FORMAT, runId, seed }, ...items].map((line) => `${JSON.stringify(line)}\n`);
  const bytes = Buffer.from(lines.join(''));
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(`${path}.part`, 'w', 0o444);
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.part`, path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const why = code === 'ENOSPC' ? 'the disk is full' : (cause as Error).message;
    const sentence = `The dataset snapshot ${path} can't be written: ${why}.`;
    throw new LearningError('learning.snapshot_not_written', sentence, 'unavailable', { cause });
  }
  return sha256(bytes);
}

/**
 * Reads it back.
 * @throws LearningError `learning.snapshot_damaged` when it is missing, was changed since, or isn't a snapshot
 */
export function readSnapshot(path: string, expectedSha256: string): Snapshot {
  const damaged = (what: string, cause?: unknown) =>
    new LearningError('learning.snapshot_damaged', `The dataset snapshot ${path} ${what}.`, 'conflict', { cause });
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw damaged("can't be read", cause);
  }
  if (sha256(bytes) !== expectedSha256) throw damaged('was changed after it was written');
  try {
    const [first, ...rest] = bytes.toString('utf8').trimEnd().split('\n');
    const { runId, seed } = headerSchema.parse(JSON.parse(first ?? ''));
    return { runId, seed, items: rest.map((line) => snapshotItemSchema.parse(JSON.parse(line))) };
  } catch (cause) {
    throw damaged('is not a snapshot', cause);
  }
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
