// Which rows of a packed batch see which: several examples lie in one row, and a prompt that several share is there once.
import * as tf from '@tensorflow/tfjs-core';

/** Consecutive rows. */
export interface RowRange {
  start: number;
  length: number;
}

/** Rows that belong together. Each sees the earlier rows of its own segment, and all rows of `visible`, which lie before it. */
export interface Segment extends RowRange {
  visible: readonly RowRange[];
}

/** The segments, and the same as numbers for a kernel: start, length, n, then n × (first row, length), one after another. */
export interface EncodedSegments {
  segments: readonly Segment[];
  encoded: tf.Tensor1D;
}

/** The caller disposes `encoded`. */
export function encodeSegments(segments: readonly Segment[]): EncodedSegments {
  const numbers = segments.flatMap(({ start, length, visible }) => [
    start,
    length,
    visible.length,
    ...visible.flatMap((range) => [range.start, range.length]),
  ]);
  return { segments, encoded: tf.tensor1d(numbers, 'int32') };
}
