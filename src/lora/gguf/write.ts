// Writes a GGUF v3 file of float32 tensors; atomically: a reader sees the whole file or none.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { DEFAULT_ALIGNMENT_BYTES, GGUF_MAGIC, ValueType } from './format.js';

/** Metadata that our files need: text, whole numbers (as uint32) and decimals (as float32). */
export type MetadataEntry =
  { key: string; type: 'string'; value: string } | { key: string; type: 'uint32' | 'float32'; value: number };

/** A float32 tensor; `shape` rows first, as in `TensorInfo`. */
export interface TensorToWrite {
  name: string;
  shape: number[];
  values: Float32Array;
}

const F32 = 0;

/** Writes beside `path`, syncs, renames. @throws the file system's error (e.g. ENOSPC); then nothing is left behind. */
export function writeGguf(path: string, metadata: MetadataEntry[], tensors: TensorToWrite[]): void {
  const temporary = `${path}.part-${process.pid}`;
  const file = openSync(temporary, 'w');
  try {
    writeAll(file, header(metadata, tensors));
    for (const tensor of tensors)
      writeAll(file, padded(Buffer.from(tensor.values.buffer, tensor.values.byteOffset, tensor.values.byteLength)));
    fsyncSync(file);
    closeSync(file);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

const align = (bytes: number) => Math.ceil(bytes / DEFAULT_ALIGNMENT_BYTES) * DEFAULT_ALIGNMENT_BYTES;
const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(align(bytes.length) - bytes.length)]);

function header(metadata: MetadataEntry[], tensors: TensorToWrite[]): Buffer {
  let offset = 0;
  const directory = tensors.map((tensor) => {
    const entry = [
      text(tensor.name),
      uint32(tensor.shape.length),
      ...[...tensor.shape].reverse().map(uint64),
      uint32(F32),
      uint64(offset),
    ];
    offset += align(tensor.values.byteLength);
    return Buffer.concat(entry);
  });
  return padded(
    Buffer.concat([
      uint32(GGUF_MAGIC),
      uint32(3),
      uint64(tensors.length),
      uint64(metadata.length),
      ...metadata.map(encode),
      ...directory,
    ]),
  );
}

function encode(entry: MetadataEntry): Buffer {
  const type = uint32(ValueType[entry.type]);
  if (entry.type === 'string') return Buffer.concat([text(entry.key), type, text(entry.value)]);
  const value = Buffer.alloc(4);
  if (entry.type === 'uint32') value.writeUInt32LE(entry.value);
  else value.writeFloatLE(entry.value);
  return Buffer.concat([text(entry.key), type, value]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([uint64(bytes.length), bytes]);
}
