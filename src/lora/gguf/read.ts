// Opens a GGUF file: metadata and tensor directory at once, tensors one at a time as float32, read by position in small
// pieces, so that no more than one dequantised tensor is in memory. Nothing that the file claims is believed unchecked.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { LoraError } from '../lora-error.js';
import { GgufCursor } from './cursor.js';
import { dequantiseInto } from './dequantise.js';
import { BLOCK_FORMATS, DEFAULT_ALIGNMENT_BYTES, GGUF_MAGIC, type MetadataValue, type TensorInfo } from './format.js';

const MAX_ENTRIES = 1 << 20;
const MAX_DIMENSIONS = 4;
const MAX_ALIGNMENT_BYTES = 1 << 20;
/** Blocks read at once: of float32, 256 KiB; of Q6_K, 13 MiB. */
const PIECE_BLOCKS = 1 << 16;

/** An open GGUF file. */
export interface GgufFile {
  readonly path: string;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  /** The same entries as they lie in the file, in order, for copying. */
  readonly encodedMetadata: readonly EncodedEntry[];
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /**
   * One tensor, dequantised to float32, row-major in `TensorInfo.shape`.
   * @throws LoraError `gguf.missing` for a name that isn't there, `gguf.unsupported_type` for a block format we can't read,
   * `gguf.not_finite` when it holds NaN or infinity
   */
  read(name: string): Float32Array;
  /** The same as packed in the file, in pieces; each piece is valid until the next. @throws as `read` */
  readBytes(name: string): Generator<Buffer>;
  close(): void;
}

export interface EncodedEntry {
  key: string;
  bytes: Buffer;
}

/**
 * Opens and checks a GGUF file: magic, version, and that every tensor lies inside the file.
 * @throws LoraError `gguf.unreadable`, `gguf.not_gguf`, `gguf.unsupported_version`, `gguf.truncated` (also: damaged)
 */
export function openGguf(path: string): GgufFile {
  const file = openFile(path);
  try {
    const { metadata, encodedMetadata, tensors } = readDirectory(file, path);
    return {
      path,
      metadata,
      encodedMetadata,
      tensors,
      read: (name) => readTensor(file, path, tensors.get(name), name),
      readBytes: (name) => readPieces(file, path, tensors.get(name), name),
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
  const stat = fstatSync(file);
  if (!stat.isFile()) throw new LoraError('gguf.unreadable', `${path} is not a file.`);
  const cursor = new GgufCursor(file, stat.size, path);
  if (stat.size < 24 || cursor.uint32() !== GGUF_MAGIC) {
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
  if (tensorCount > MAX_ENTRIES || metadataCount > MAX_ENTRIES)
    throw damaged(path, `it claims ${tensorCount} tensors and ${metadataCount} entries`);
  const metadata = new Map<string, MetadataValue>();
  const encodedMetadata: EncodedEntry[] = [];
  for (let i = 0; i < metadataCount; i++) {
    const start = cursor.offset;
    const key = cursor.string();
    if (metadata.has(key)) throw damaged(path, `it has "${key}" twice`);
    metadata.set(key, cursor.value(cursor.uint32()));
    encodedMetadata.push({ key, bytes: cursor.copy(start) });
  }
  return { metadata, encodedMetadata, tensors: readTensorDirectory(cursor, tensorCount, metadata, stat.size, path) };
}

function readTensorDirectory(
  cursor: GgufCursor,
  count: number,
  metadata: ReadonlyMap<string, MetadataValue>,
  sizeBytes: number,
  path: string,
): Map<string, TensorInfo> {
  const tensors = new Map<string, TensorInfo>();
  for (let i = 0; i < count; i++) {
    const entry = readEntry(cursor, path);
    if (tensors.has(entry.name)) throw damaged(path, `it has tensor ${entry.name} twice`);
    tensors.set(entry.name, entry);
  }
  const alignment = Number(metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT_BYTES);
  if (!Number.isInteger(alignment) || alignment < 1 || alignment > MAX_ALIGNMENT_BYTES)
    throw damaged(path, `its alignment is ${alignment}`);
  const start = Math.ceil(cursor.offset / alignment) * alignment;
  for (const tensor of tensors.values()) {
    tensor.offset += start;
    checkInside(tensor, sizeBytes, path);
  }
  return tensors;
}

function readEntry(cursor: GgufCursor, path: string): TensorInfo {
  const name = cursor.string();
  const dimensions = cursor.uint32();
  if (dimensions > MAX_DIMENSIONS) throw damaged(path, `tensor ${name} has ${dimensions} dimensions`);
  const shape = Array.from({ length: dimensions }, () => cursor.uint64()).reverse();
  const type = cursor.uint32();
  const offset = cursor.uint64();
  const format = BLOCK_FORMATS.get(type);
  const weights = weightsOf(shape);
  if (weights < 1 || !Number.isSafeInteger(weights * 8) || (format && (shape.at(-1) ?? 1) % format.weights !== 0))
    throw damaged(path, `tensor ${name} of shape (${shape.join(', ')}) is impossible`);
  // An unknown type gets its error only when it is read: a file may hold tensors that nobody asks for.
  const bytes = format ? (weights / format.weights) * format.bytes : 0;
  return { name, shape, type, offset, bytes };
}

const weightsOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function checkInside(tensor: TensorInfo, sizeBytes: number, path: string): void {
  if (tensor.offset + tensor.bytes <= sizeBytes) return;
  throw new LoraError(
    'gguf.truncated',
    `The GGUF file ${path} is incomplete: tensor ${tensor.name} ends at byte ${tensor.offset + tensor.bytes}, the file at ${sizeBytes}. Download it again.`,
  );
}

function readTensor(file: number, path: string, tensor: TensorInfo | undefined, name: string): Float32Array {
  const { shape, format } = readable(path, tensor, name);
  const values = new Float32Array(weightsOf(shape));
  let at = 0;
  for (const bytes of readPieces(file, path, tensor, name)) {
    const weights = (bytes.length / format.bytes) * format.weights;
    dequantiseInto(format.name, bytes, values.subarray(at, at + weights));
    at += weights;
  }
  // x · 0 is 0 for every finite x, so the sum tells in one pass.
  if (values.reduce((sum, value) => sum + value * 0, 0) !== 0) {
    throw new LoraError(
      'gguf.not_finite',
      `Tensor ${name} of ${path} holds NaN or infinity; a model with it can't be used.`,
    );
  }
  return values;
}

function* readPieces(file: number, path: string, tensor: TensorInfo | undefined, name: string): Generator<Buffer> {
  const { offset, bytes, format } = readable(path, tensor, name);
  const piece = Buffer.alloc(Math.min(bytes, PIECE_BLOCKS * format.bytes));
  for (let done = 0; done < bytes;) {
    const length = Math.min(piece.length, bytes - done);
    for (let read = 0; read < length;) {
      const got = readSync(file, piece, read, length - read, offset + done + read);
      if (got === 0) throw damaged(path, 'it became shorter while it was read');
      read += got;
    }
    yield piece.subarray(0, length);
    done += length;
  }
}

function readable(path: string, tensor: TensorInfo | undefined, name: string) {
  if (!tensor) throw new LoraError('gguf.missing', `The GGUF file ${path} has no tensor ${name}.`);
  const format = BLOCK_FORMATS.get(tensor.type);
  if (format) return { ...tensor, format };
  const known = [...BLOCK_FORMATS.values()].map(({ name: type }) => type).join(', ');
  throw new LoraError(
    'gguf.unsupported_type',
    `Tensor ${name} has block type ${tensor.type}, which can't be read. Readable: ${known}.`,
  );
}

const damaged = (path: string, why: string) =>
  new LoraError('gguf.truncated', `The GGUF file ${path} is damaged: ${why}. Download or export it again.`);
