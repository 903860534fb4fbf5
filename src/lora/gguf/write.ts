// Writes a GGUF v3 file; atomically: a reader sees the whole file or none.
import { writeAtomically } from '../atomic-write.js';
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

/** A tensor in any block format, its bytes made when they are written; `type` as in `BLOCK_FORMATS`. */
export interface TensorSource {
  name: string;
  shape: number[];
  type: number;
  bytes: number;
  /** Together `bytes` long. */
  chunks: () => Iterable<Uint8Array>;
}

const F32 = 0;

/** @throws the file system's error (e.g. ENOSPC); then nothing is left behind. */
export function writeGguf(path: string, metadata: MetadataEntry[], tensors: TensorToWrite[]): void {
  const sources = tensors.map(({ name, shape, values }): TensorSource => {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return { name, shape, type: F32, bytes: bytes.length, chunks: () => [bytes] };
  });
  writeGgufTensors(path, metadata.map(encodeMetadata), sources);
}

/**
 * The same for encoded metadata entries and tensors of any format, which are asked for their bytes one after another.
 * `alignment` is what the metadata say in `general.alignment`.
 */
export function writeGgufTensors(
  path: string,
  metadata: Uint8Array[],
  tensors: TensorSource[],
  alignment = DEFAULT_ALIGNMENT_BYTES,
): void {
  const padding = (bytes: number) => Buffer.alloc(Math.ceil(bytes / alignment) * alignment - bytes);
  const head = header(metadata, tensors, padding);
  function* chunks() {
    yield head;
    yield padding(head.length);
    for (const tensor of tensors) {
      yield* tensor.chunks();
      yield padding(tensor.bytes);
    }
  }
  writeAtomically(path, chunks());
}

function header(metadata: Uint8Array[], tensors: TensorSource[], padding: (bytes: number) => Buffer): Buffer {
  let offset = 0;
  const directory = tensors.map(({ name, shape, type, bytes }) => {
    const dimensions = [...shape].reverse().map(uint64);
    const entry = Buffer.concat([text(name), uint32(shape.length), ...dimensions, uint32(type), uint64(offset)]);
    offset += bytes + padding(bytes).length;
    return entry;
  });
  const counts = [uint64(tensors.length), uint64(metadata.length)];
  return Buffer.concat([uint32(GGUF_MAGIC), uint32(3), ...counts, ...metadata, ...directory]);
}

/** One metadata entry as it lies in the file. */
export function encodeMetadata(entry: MetadataEntry): Buffer {
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
