// Opens a GGUF file: metadata and tensor directory at once, tensors one at a time as float32.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { LoraError } from '../lora-error.js';
import { GgufCursor } from './cursor.js';
import { dequantise } from './dequantise.js';
import { BLOCK_FORMATS, DEFAULT_ALIGNMENT_BYTES, GGUF_MAGIC, type MetadataValue, type TensorInfo } from './format.js';

const MAX_TENSORS = 1 << 20;
const MAX_DIMENSIONS = 4;

/** An open GGUF file. */
export interface GgufFile {
  readonly path: string;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /**
   * One tensor, dequantised to float32, row-major in `TensorInfo.shape`.
   * @throws LoraError `gguf.missing` for a name that isn't there, `gguf.unsupported_type` for a block format we can't read
   */
  read(name: string): Float32Array;
  close(): void;
}

/**
 * Opens and checks a GGUF file: magic, version, and that every tensor lies inside the file.
 * @throws LoraError `gguf.unreadable`, `gguf.not_gguf`, `gguf.unsupported_version`, `gguf.truncated`, `gguf.unsupported_type`
 */
export function openGguf(path: string): GgufFile {
  const file = openFile(path);
  try {
    const { metadata, tensors } = readDirectory(file, path);
    return {
      path,
      metadata,
      tensors,
      read: (name) => readTensor(file, path, tensors, name),
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new LoraError('gguf.unreadable', `The GGUF file ${path} can't be opened: ${(cause as Error).message}.`, {
      cause,
    });
  }
}

function readDirectory(file: number, path: string) {
  const sizeBytes = fstatSync(file).size;
  const cursor = new GgufCursor(file, sizeBytes, path);
  if (sizeBytes < 24 || cursor.uint32() !== GGUF_MAGIC) {
    throw new LoraError('gguf.not_gguf', `${path} is not a GGUF file: it doesn't start with "GGUF".`);
  }
  const version = cursor.uint32();
  if (version !== 2 && version !== 3) {
    throw new LoraError(
      'gguf.unsupported_version',
      `${path} is GGUF version ${version}; versions 2 and 3 can be read.`,
    );
  }
  const tensorCount = cursor.uint64();
  const metadataCount = cursor.uint64();
  if (tensorCount > MAX_TENSORS || metadataCount > MAX_TENSORS) {
    throw new LoraError('gguf.truncated', `The GGUF file ${path} is damaged: it claims ${tensorCount} tensors.`);
  }
  const metadata = new Map<string, MetadataValue>();
  for (let i = 0; i < metadataCount; i++) metadata.set(cursor.string(), cursor.value(cursor.uint32()));
  const entries = Array.from({ length: tensorCount }, () => readEntry(cursor, path));
  const alignment = Number(metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT_BYTES);
  const start = Math.ceil(cursor.offset / alignment) * alignment;
  const tensors = new Map(entries.map((entry) => [entry.name, { ...entry, offset: entry.offset + start }]));
  for (const tensor of tensors.values()) checkInside(tensor, sizeBytes, path);
  return { metadata, tensors };
}

function readEntry(cursor: GgufCursor, path: string): TensorInfo {
  const name = cursor.string();
  const dimensions = cursor.uint32();
  if (dimensions > MAX_DIMENSIONS)
    throw new LoraError('gguf.truncated', `The GGUF file ${path} is damaged at tensor ${name}.`);
  const shape = Array.from({ length: dimensions }, () => cursor.uint64()).reverse();
  const type = cursor.uint32();
  const offset = cursor.uint64();
  const format = BLOCK_FORMATS.get(type);
  const weights = shape.reduce((product, size) => product * size, 1);
  // An unknown type gets its error only when it is read: a file may hold tensors that nobody asks for.
  const bytes = format ? (weights / format.weights) * format.bytes : 0;
  return { name, shape, type, offset, bytes };
}

function checkInside(tensor: TensorInfo, sizeBytes: number, path: string): void {
  if (tensor.offset + tensor.bytes <= sizeBytes) return;
  throw new LoraError(
    'gguf.truncated',
    `The GGUF file ${path} is incomplete: tensor ${tensor.name} ends at byte ${tensor.offset + tensor.bytes}, the file at ${sizeBytes}. Download it again.`,
  );
}

function readTensor(file: number, path: string, tensors: Map<string, TensorInfo>, name: string): Float32Array {
  const tensor = tensors.get(name);
  if (!tensor) throw new LoraError('gguf.missing', `The GGUF file ${path} has no tensor ${name}.`);
  const format = BLOCK_FORMATS.get(tensor.type);
  if (!format) {
    const known = [...BLOCK_FORMATS.values()].map(({ name: type }) => type).join(', ');
    throw new LoraError(
      'gguf.unsupported_type',
      `Tensor ${name} has block type ${tensor.type}, which can't be read. Readable: ${known}.`,
    );
  }
  const bytes = Buffer.alloc(tensor.bytes);
  readSync(file, bytes, 0, tensor.bytes, tensor.offset);
  return dequantise(
    format.name,
    bytes,
    tensor.shape.reduce((product, size) => product * size, 1),
  );
}
