// A checkpoint: everything a run needs to go on as if it had never stopped. Written atomically: `kill -9` at any moment
// leaves the last whole one.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LoraError } from '../lora-error.js';

const FILE = 'checkpoint.bin';
const ARRAYS = ['values', 'firstMoment', 'secondMoment'] as const;

/** The state after `step` optimiser steps. The order of the data is a function of seed and step, so no more is needed. */
export interface Checkpoint {
  /** Says which run it belongs to; another one's is refused. */
  fingerprint: string;
  step: number;
  updates: number;
  skippedSteps: number;
  tokens: number;
  firstLoss: number | null;
  values: Float32Array;
  firstMoment: Float32Array;
  secondMoment: Float32Array;
}

const headerSchema = z.object({
  fingerprint: z.string(),
  step: z.number().int().nonnegative(),
  updates: z.number().int().nonnegative(),
  skippedSteps: z.number().int().nonnegative(),
  tokens: z.number().int().nonnegative(),
  firstLoss: z.number().nullable(),
  length: z.number().int().positive(),
});

/**
 * Layout: uint32 header length, JSON header, then the three float32 arrays. Write, fsync, rename.
 * @throws LoraError `checkpoint.write_failed` (disk full, no permission): the older checkpoint stays as it was
 */
export function writeCheckpoint(dir: string, checkpoint: Checkpoint): void {
  const { values, firstMoment, secondMoment, ...rest } = checkpoint;
  const header = Buffer.from(JSON.stringify({ ...rest, length: values.length }));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(header.length);
  const temporary = join(dir, `${FILE}.part`);
  try {
    mkdirSync(dir, { recursive: true });
    const file = openSync(temporary, 'w');
    try {
      for (const part of [size, header, ...[values, firstMoment, secondMoment].map(bytesOf)]) writeAll(file, part);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, join(dir, FILE));
  } catch (cause) {
    removeQuietly(temporary);
    const why = (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? 'the disk is full' : (cause as Error).message;
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
  if (!header.success)
    throw new LoraError('checkpoint.invalid', `The checkpoint ${path} is damaged; remove it to start the run again.`);
  const { length, ...rest } = header.data;
  if (rest.fingerprint !== fingerprint) {
    throw new LoraError(
      'checkpoint.invalid',
      `The checkpoint ${path} belongs to a run with other examples or settings.`,
    );
  }
  const start = 4 + headerLength;
  if (bytes.length !== start + ARRAYS.length * length * 4) {
    throw new LoraError(
      'checkpoint.invalid',
      `The checkpoint ${path} is incomplete; remove it to start the run again.`,
    );
  }
  const array = (index: number) => {
    const from = bytes.byteOffset + start + index * length * 4;
    return new Float32Array(bytes.buffer.slice(from, from + length * 4));
  };
  return { ...rest, values: array(0), firstMoment: array(1), secondMoment: array(2) };
}

function bytesOf(array: Float32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The first error is the one to report.
  }
}
