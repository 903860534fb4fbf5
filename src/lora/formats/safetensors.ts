// Safetensors (github.com/huggingface/safetensors): uint64 header length, JSON header, then the tensors. Float types only.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { writeAtomically } from '../atomic-write.js';
import { dequantise } from '../gguf/dequantise.js';
import { LoraError } from '../lora-error.js';

/** The limit of the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;

const BYTES = { F32: 4, F16: 2, BF16: 2 } as const;
type FloatType = keyof typeof BYTES;

export interface NamedTensor {
  name: string;
  /** Rows first. */
  shape: number[];
  values: Float32Array;
}

/** Writes float32 tensors, atomically. @throws the file system's error; then nothing is left behind */
export function writeSafetensors(path: string, tensors: readonly NamedTensor[]): void {
  let offset = 0;
  const entries = tensors.map(({ name, shape, values }) => {
    const from = offset;
    offset += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [from, offset] }] as const;
  });
  const json = JSON.stringify(Object.fromEntries<object>([['__metadata__', { format: 'pt' }], ...entries]));
  const header = Buffer.from(json);
  // Spaces after the header keep the tensors aligned to 8 bytes.
  const padded = Buffer.concat([header, Buffer.alloc((8 - (header.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const bodies = tensors.map(({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  writeAtomically(path, [length, padded, ...bodies]);
}

const count = z.number().int().nonnegative();
const entrySchema = z.object({
  dtype: z.enum(['F32', 'F16', 'BF16']),
  shape: z.array(count).max(4),
  data_offsets: z.tuple([count, count]),
});
const headerSchema = z.record(z.string(), entrySchema);

/** All tensors of a file, as float32, by name. @throws LoraError `safetensors.unreadable`, `safetensors.invalid` */
export function readSafetensors(path: string): Map<string, NamedTensor> {
  const file = openFile(path);
  try {
    const size = fstatSync(file).size;
    const headerLength = size < 8 ? 0 : Number(readBytes(file, 0, 8, path).readBigUInt64LE());
    if (headerLength < 2 || headerLength > Math.min(MAX_HEADER_BYTES, size - 8))
      throw damaged(path, `its header cannot be ${headerLength} bytes long`);
    const header = parseHeader(readBytes(file, 8, headerLength, path), path);
    const start = 8 + headerLength;
    return new Map(
      Object.entries(header).map(
        ([
          name,
          {
            dtype,
            shape,
            data_offsets: [from, to],
          },
        ]) => {
          const weights = shape.reduce((product, length) => product * length, 1);
          if (to - from !== weights * BYTES[dtype] || start + to > size)
            throw damaged(path, `tensor ${name} does not fit into it`);
          const values = dequantise(dtype, readBytes(file, start + from, to - from, path), weights);
          return [name, { name, shape, values }];
        },
      ),
    );
  } finally {
    closeSync(file);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new LoraError('safetensors.unreadable', `${path} can't be opened: ${(cause as Error).message}.`, { cause });
  }
}

function parseHeader(bytes: Buffer, path: string): Record<string, z.infer<typeof entrySchema> & { dtype: FloatType }> {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw damaged(path, 'its header is not JSON');
  }
  if (typeof json !== 'object' || json === null) throw damaged(path, 'its header is not an object');
  const tensors = Object.fromEntries(Object.entries(json).filter(([name]) => name !== '__metadata__'));
  const parsed = headerSchema.safeParse(tensors);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damaged(path, `${issue?.path.join('.')}: ${issue?.message} (floats of 16 or 32 bits are read)`);
}

function readBytes(file: number, from: number, length: number, path: string): Buffer {
  const bytes = Buffer.alloc(length);
  for (let read = 0; read < length;) {
    const got = readSync(file, bytes, read, length - read, from + read);
    if (got === 0) throw damaged(path, 'it ends too early');
    read += got;
  }
  return bytes;
}

const damaged = (path: string, why: string) =>
  new LoraError('safetensors.invalid', `The safetensors file ${path} is damaged or of another kind: ${why}.`);
