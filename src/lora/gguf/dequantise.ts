// Quantised blocks to float32, by ggml's reference (ggml-quants.c, dequantize_row_*). Dequantised once when a base model
// is loaded (the idea of QLoRA, Dettmers et al. 2023, section 3): what is trained on is exactly what is served.
import { LoraError } from '../lora-error.js';

type Decode = (bytes: Buffer, out: Float32Array) => void;

/**
 * `count` weights from packed blocks.
 * @throws LoraError `gguf.unsupported_type` for a format without a decoder
 */
export function dequantise(format: string, bytes: Buffer, count: number): Float32Array {
  const out = new Float32Array(count);
  dequantiseInto(format, bytes, out);
  return out;
}

/** The same into `out`, which is as long as the blocks hold weights. */
export function dequantiseInto(format: string, bytes: Buffer, out: Float32Array): void {
  const decode = DECODERS[format];
  if (!decode) throw new LoraError('gguf.unsupported_type', `Block type ${format} can't be read.`);
  decode(bytes, out);
}

const halves = new Float32Array(1 << 16).map((_, bits) => decodeHalf(bits));

/** IEEE 754 binary16. */
function decodeHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const half = (bytes: Buffer, at: number): number => halves[bytes.readUInt16LE(at)] as number;
const byte = (bytes: Buffer, at: number): number => bytes[at] as number;

/** Calls `block` for every block of `size` bytes that yields `weights` numbers from index `to` on. */
function eachBlock(bytes: Buffer, size: number, weights: number, block: (at: number, to: number) => void): void {
  for (let at = 0, to = 0; at + size <= bytes.length; at += size, to += weights) block(at, to);
}

const q4: (affine: boolean) => Decode = (affine) => (bytes, out) =>
  eachBlock(bytes, affine ? 20 : 18, 32, (at, to) => {
    const d = half(bytes, at);
    const m = affine ? half(bytes, at + 2) : -8 * d;
    const quants = at + (affine ? 4 : 2);
    for (let i = 0; i < 16; i++) {
      const pair = byte(bytes, quants + i);
      out[to + i] = d * (pair & 0xf) + m;
      out[to + i + 16] = d * (pair >> 4) + m;
    }
  });

const q5: (affine: boolean) => Decode = (affine) => (bytes, out) =>
  eachBlock(bytes, affine ? 24 : 22, 32, (at, to) => {
    const d = half(bytes, at);
    const m = affine ? half(bytes, at + 2) : -16 * d;
    const high = bytes.readUInt32LE(at + (affine ? 4 : 2));
    const quants = at + (affine ? 8 : 6);
    for (let i = 0; i < 16; i++) {
      const pair = byte(bytes, quants + i);
      out[to + i] = d * ((pair & 0xf) | (((high >>> i) & 1) << 4)) + m;
      out[to + i + 16] = d * ((pair >> 4) | (((high >>> (i + 16)) & 1) << 4)) + m;
    }
  });

const q8: Decode = (bytes, out) =>
  eachBlock(bytes, 34, 32, (at, to) => {
    const d = half(bytes, at);
    for (let i = 0; i < 32; i++) out[to + i] = d * bytes.readInt8(at + 2 + i);
  });

const q2k: Decode = (bytes, out) =>
  eachBlock(bytes, 84, 256, (at, to) => {
    const d = half(bytes, at + 80);
    const dMin = half(bytes, at + 82);
    for (let i = 0; i < 256; i++) {
      const scale = byte(bytes, at + (i >> 4));
      // 128 weights share 32 bytes: four 2-bit planes.
      const quant = (byte(bytes, at + 16 + (i >> 7) * 32 + (i & 31)) >> (((i >> 5) & 3) * 2)) & 3;
      out[to + i] = d * (scale & 0xf) * quant - dMin * (scale >> 4);
    }
  });

/** The sixteen 6-bit scales of a Q3_K block. */
function q3kScale(bytes: Buffer, at: number, i: number): number {
  const low = byte(bytes, at + (i & 7));
  const nibble = i < 8 ? low & 0xf : low >> 4;
  const high = (byte(bytes, at + 8 + (i & 3)) >> ((i >> 2) * 2)) & 3;
  return (nibble | (high << 4)) - 32;
}

const q3k: Decode = (bytes, out) =>
  eachBlock(bytes, 110, 256, (at, to) => {
    const d = half(bytes, at + 108);
    for (let i = 0; i < 256; i++) {
      const low = (byte(bytes, at + 32 + (i >> 7) * 32 + (i & 31)) >> (((i >> 5) & 3) * 2)) & 3;
      const high = (byte(bytes, at + (i & 31)) >> (i >> 5)) & 1;
      out[to + i] = d * q3kScale(bytes, at + 96, i >> 4) * (low - (high ? 0 : 4));
    }
  });

/** The eight 6-bit (scale, min) pairs of Q4_K and Q5_K (get_scale_min_k4). */
function scaleAndMin(bytes: Buffer, at: number, j: number): [number, number] {
  if (j < 4) return [byte(bytes, at + j) & 63, byte(bytes, at + j + 4) & 63];
  const low = byte(bytes, at + j + 4);
  return [(low & 0xf) | ((byte(bytes, at + j - 4) >> 6) << 4), (low >> 4) | ((byte(bytes, at + j) >> 6) << 4)];
}

const q4k: Decode = (bytes, out) =>
  eachBlock(bytes, 144, 256, (at, to) => {
    const d = half(bytes, at);
    const dMin = half(bytes, at + 2);
    for (let j = 0; j < 8; j++) {
      const [scale, min] = scaleAndMin(bytes, at + 4, j);
      const shift = (j & 1) * 4;
      for (let l = 0; l < 32; l++) {
        const quant = (byte(bytes, at + 16 + (j >> 1) * 32 + l) >> shift) & 0xf;
        out[to + j * 32 + l] = d * scale * quant - dMin * min;
      }
    }
  });

const q5k: Decode = (bytes, out) =>
  eachBlock(bytes, 176, 256, (at, to) => {
    const d = half(bytes, at);
    const dMin = half(bytes, at + 2);
    for (let j = 0; j < 8; j++) {
      const [scale, min] = scaleAndMin(bytes, at + 4, j);
      const shift = (j & 1) * 4;
      for (let l = 0; l < 32; l++) {
        const low = (byte(bytes, at + 48 + (j >> 1) * 32 + l) >> shift) & 0xf;
        const high = (byte(bytes, at + 16 + l) >> j) & 1;
        out[to + j * 32 + l] = d * scale * (low | (high << 4)) - dMin * min;
      }
    }
  });

const q6k: Decode = (bytes, out) =>
  eachBlock(bytes, 210, 256, (at, to) => {
    const d = half(bytes, at + 208);
    for (let i = 0; i < 256; i++) {
      const group = i >> 7; // 128 weights: 64 bytes of low nibbles, 32 bytes of high pairs
      const plane = (i >> 5) & 3;
      const low = byte(bytes, at + group * 64 + (plane & 1) * 32 + (i & 31));
      const nibble = plane < 2 ? low & 0xf : low >> 4;
      const high = (byte(bytes, at + 128 + group * 32 + (i & 31)) >> (plane * 2)) & 3;
      out[to + i] = d * bytes.readInt8(at + 192 + (i >> 4)) * ((nibble | (high << 4)) - 32);
    }
  });

const DECODERS: Record<string, Decode> = {
  F32: (bytes, out) => void bytes.copy(new Uint8Array(out.buffer, out.byteOffset, out.byteLength)),
  F16: (bytes, out) => out.forEach((_, i) => (out[i] = half(bytes, i * 2))),
  BF16: (bytes, out) => {
    const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
    bits.forEach((_, i) => (bits[i] = bytes.readUInt16LE(i * 2) << 16));
  },
  Q4_0: q4(false),
  Q4_1: q4(true),
  Q5_0: q5(false),
  Q5_1: q5(true),
  Q8_0: q8,
  Q2_K: q2k,
  Q3_K: q3k,
  Q4_K: q4k,
  Q5_K: q5k,
  Q6_K: q6k,
};
