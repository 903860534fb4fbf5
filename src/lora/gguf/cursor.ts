// Reads little-endian GGUF values from a file through a growing window, so that a header of any size needs few reads.
import { readSync } from 'node:fs';
import { LoraError } from '../lora-error.js';
import { ValueType, type MetadataValue } from './format.js';

const WINDOW_BYTES = 1 << 20;
/** No string or array of a real model is longer. */
const MAX_LENGTH = 1 << 26;
/** Arrays of arrays of a real model are no deeper; deeper ones mean a damaged file. */
const MAX_DEPTH = 4;

export class GgufCursor {
  private window = Buffer.alloc(0);
  private windowStart = 0;
  private position = 0;

  constructor(
    private readonly file: number,
    private readonly sizeBytes: number,
    private readonly path: string,
  ) {}

  /** Bytes read so far. */
  get offset(): number {
    return this.position;
  }

  uint32(): number {
    return this.take(4).readUInt32LE();
  }

  /** A 64-bit count; exact up to 2^53. */
  uint64(): number {
    const value = Number(this.take(8).readBigUInt64LE());
    if (!Number.isSafeInteger(value)) throw this.truncated('a count is absurdly large');
    return value;
  }

  string(): string {
    return this.take(this.count()).toString('utf8');
  }

  /** The bytes from `start` to here, again. */
  copy(start: number): Buffer {
    const end = this.position;
    this.position = start;
    return Buffer.from(this.take(end - start));
  }

  value(type: number, depth = 0): MetadataValue {
    switch (type) {
      case ValueType.uint8:
        return this.take(1).readUInt8();
      case ValueType.int8:
        return this.take(1).readInt8();
      case ValueType.uint16:
        return this.take(2).readUInt16LE();
      case ValueType.int16:
        return this.take(2).readInt16LE();
      case ValueType.uint32:
        return this.uint32();
      case ValueType.int32:
        return this.take(4).readInt32LE();
      case ValueType.float32:
        return this.take(4).readFloatLE();
      case ValueType.bool:
        return this.take(1).readUInt8() !== 0;
      case ValueType.string:
        return this.string();
      case ValueType.uint64:
        return this.uint64();
      case ValueType.int64:
        return Number(this.take(8).readBigInt64LE());
      case ValueType.float64:
        return this.take(8).readDoubleLE();
      case ValueType.array:
        return this.array(depth + 1);
      default:
        throw this.truncated(`unknown metadata type ${type}`);
    }
  }

  private array(depth: number): MetadataValue[] {
    if (depth > MAX_DEPTH) throw this.truncated('arrays are nested too deeply');
    const type = this.uint32();
    const length = this.count();
    return Array.from({ length }, () => this.value(type, depth));
  }

  /** A number of bytes or elements; an element takes a byte or more. */
  private count(): number {
    const count = this.uint64();
    if (count > Math.min(MAX_LENGTH, this.sizeBytes - this.position))
      throw this.truncated(`a length of ${count} is impossible`);
    return count;
  }

  private take(bytes: number): Buffer {
    if (this.position + bytes > this.sizeBytes) throw this.truncated('it ends inside its header');
    const end = this.windowStart + this.window.length;
    if (this.position < this.windowStart || this.position + bytes > end) this.refill(bytes);
    const from = this.position - this.windowStart;
    this.position += bytes;
    return this.window.subarray(from, from + bytes);
  }

  private refill(atLeast: number): void {
    const length = Math.min(Math.max(WINDOW_BYTES, atLeast), this.sizeBytes - this.position);
    this.window = Buffer.alloc(length);
    this.windowStart = this.position;
    const read = readSync(this.file, this.window, 0, length, this.position);
    if (read < length) throw this.truncated('it could not be read to its end');
  }

  private truncated(why: string): LoraError {
    return new LoraError(
      'gguf.truncated',
      `The GGUF file ${this.path} is damaged or incomplete: ${why}. Download or export it again.`,
    );
  }
}
