// Float32 to the block formats that a merged model is written in, by ggml's reference (ggml-quants.c, quantize_row_*_ref).

/** Formats that weights can be written in. */
export const WRITABLE = ['F32', 'F16', 'Q8_0'] as const;
export type WritableFormat = (typeof WRITABLE)[number];

/** Packs `values`; for Q8_0 their number is a multiple of 32. Values beyond float16's range become infinite. */
export function quantise(format: WritableFormat, values: Float32Array): Buffer {
  if (format === 'F32')
    return Buffer.from(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength));
  return format === 'F16' ? float16(values) : q8(values);
}

function float16(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => bytes.writeUInt16LE(toHalf(value), i * 2));
  return bytes;
}

/** Blocks of 32 with one float16 scale d = max |x| / 127 and 32 int8. */
function q8(values: Float32Array): Buffer {
  const bytes = Buffer.alloc((values.length / 32) * 34);
  for (let block = 0; block * 32 < values.length; block++) {
    const weights = values.subarray(block * 32, block * 32 + 32);
    const d = Math.fround(weights.reduce((max, x) => Math.max(max, Math.abs(x)), 0) / 127);
    const inverse = d === 0 ? 0 : Math.fround(1 / d);
    bytes.writeUInt16LE(toHalf(d), block * 34);
    weights.forEach((x, i) => bytes.writeInt8(roundAwayFromZero(Math.fround(x * inverse)), block * 34 + 2 + i));
  }
  return bytes;
}

const roundAwayFromZero = (x: number): number => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);

const word = new DataView(new ArrayBuffer(4));

/** IEEE 754 binary16, to nearest, ties to even. */
function toHalf(value: number): number {
  word.setFloat32(0, value);
  const bits = word.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65,520 and more round to infinity
  if (magnitude < 0x38800000) return sign | roundHalfEven(Math.abs(value) * 2 ** 24); // below 2^−14: subnormal
  const rebiased = magnitude - 0x38000000;
  return sign | ((rebiased + 0x0fff + ((rebiased >>> 13) & 1)) >>> 13);
}

function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down;
}
