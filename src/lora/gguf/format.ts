// The GGUF container, version 2 and 3 (ggml/docs/gguf.md): constants and types shared by the reader and the writer.

export const GGUF_MAGIC = 0x46554747; // "GGUF", little-endian
export const DEFAULT_ALIGNMENT_BYTES = 32;

/** Types of metadata values (gguf_metadata_value_type). */
export const ValueType = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  array: 9,
  uint64: 10,
  int64: 11,
  float64: 12,
} as const;

export type MetadataValue = number | boolean | string | MetadataValue[];

/** A block format: how many weights a block holds and in how many bytes (ggml-common.h). */
export interface BlockFormat {
  name: string;
  weights: number;
  bytes: number;
}

/** Tensor types by their ggml number. */
export const BLOCK_FORMATS: ReadonlyMap<number, BlockFormat> = new Map([
  [0, { name: 'F32', weights: 1, bytes: 4 }],
  [1, { name: 'F16', weights: 1, bytes: 2 }],
  [2, { name: 'Q4_0', weights: 32, bytes: 18 }],
  [3, { name: 'Q4_1', weights: 32, bytes: 20 }],
  [6, { name: 'Q5_0', weights: 32, bytes: 22 }],
  [7, { name: 'Q5_1', weights: 32, bytes: 24 }],
  [8, { name: 'Q8_0', weights: 32, bytes: 34 }],
  [10, { name: 'Q2_K', weights: 256, bytes: 84 }],
  [11, { name: 'Q3_K', weights: 256, bytes: 110 }],
  [12, { name: 'Q4_K', weights: 256, bytes: 144 }],
  [13, { name: 'Q5_K', weights: 256, bytes: 176 }],
  [14, { name: 'Q6_K', weights: 256, bytes: 210 }],
  [30, { name: 'BF16', weights: 1, bytes: 2 }],
]);

/** A tensor's place in the file. `shape` is in the order of matrices here, rows first: ggml's `ne` reversed. */
export interface TensorInfo {
  name: string;
  shape: number[];
  type: number;
  /** Bytes from the start of the file. */
  offset: number;
  bytes: number;
}
