// Reads little-endian GGUF values from a file through a growing window, so that a header of any size needs few reads.
import { readSync } from 'node:fs';
import { LoraError } from '../lora-error.js';
import { ValueType, type MetadataValue } from './format.js';

const WINDOW_BYTES = 1 << 20;
/** No string or array of a real model is larger; a larger one means a damaged file. */
const MAX_ELEMENTS = 1 << 26;

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

  value(type: number): MetadataValue {
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
        return this.array();
      default:
        throw this.truncated(`unknown metadata type ${type}`);
    }
  }

  private array(): MetadataValue[] {
    const type = this.uint32();
    const length = this.count();
    return Array.from({ length }, () => this.value(type));
  }

  private count(): number {
    const count = this.uint64();
    if (count > MAX_ELEMENTS) throw this.truncated(`a length of ${count} is impossible`);
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
