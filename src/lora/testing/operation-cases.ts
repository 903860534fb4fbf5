// Each operation of a block, forward and backward, on fixed random inputs: what every backend must compute alike.
import * as tf from '@tensorflow/tfjs-core';
import { seededRandom } from '../random.js';
import type { LoraPart, Operations } from '../tensor/operations.js';
import { encodeSegments, type Segment } from '../tensor/segments.js';

type Cases = Record<string, tf.Tensor>;

/** A prefix that two segments see, and one that stands alone. */
const PACKED: Segment[] = [
  { start: 0, length: 5, visible: [] },
  { start: 5, length: 7, visible: [{ start: 0, length: 5 }] },
  { start: 12, length: 3, visible: [{ start: 0, length: 5 }] },
  { start: 15, length: 1, visible: [] },
];
const ROWS = 16;
const HEADS = { heads: 4, keyValueHeads: 2, headWidth: 8 };

/** Results by name. The caller disposes them (or runs inside `tf.tidy`). */
export function operationCases(op: Operations): Cases {
  const random = seededRandom(7);
  const filled = (size: number) => Float32Array.from({ length: size }, () => 4 * random() - 2);
  const matrix = (rows: number, columns: number) => tf.tensor2d(filled(rows * columns), [rows, columns]);
  const vector = (size: number) => tf.tensor1d(filled(size));
  return {
    ...normCases(op, matrix, vector),
    ...attentionCases(op, matrix, filled(ROWS * (HEADS.headWidth / 2))),
    ...loraCases(op, matrix, vector),
    ...softmaxCases(op, matrix),
  };
}

type Matrix = (rows: number, columns: number) => tf.Tensor2D;
type Vector = (size: number) => tf.Tensor1D;

function normCases(op: Operations, matrix: Matrix, vector: Vector): Cases {
  const [x, dy, residual, weight] = [matrix(ROWS, 24), matrix(ROWS, 24), matrix(ROWS, 24), vector(24)];
  const [gateUp, dGated] = [tf.mul<tf.Tensor2D>(matrix(ROWS, 22), 5), matrix(ROWS, 11)];
  return {
    rmsNorm: op.rmsNorm(x, weight, 1e-5),
    rmsNormGradient: op.rmsNormGradient(dy, x, weight, 1e-5, residual),
    swiglu: op.swiglu(gateUp),
    swigluGradient: op.swigluGradient(dGated, gateUp),
  };
}

function attentionCases(op: Operations, matrix: Matrix, angles: Float32Array): Cases {
  const { heads, keyValueHeads, headWidth } = HEADS;
  // Not the device's own sine and cosine, which on a GPU may be 2⁻¹¹ off: the model's are made in JavaScript as well.
  const turns = (of: (angle: number) => number) => tf.tensor2d(angles.map(of), [ROWS, headWidth / 2]);
  const qkv = matrix(ROWS, (heads + 2 * keyValueHeads) * headWidth);
  const dy = matrix(ROWS, heads * headWidth);
  const segments = encodeSegments(PACKED);
  const cases: Cases = {};
  for (const pairing of ['neighbours', 'halves'] as const) {
    const rotation = { cos: turns(Math.cos), sin: turns(Math.sin), pairing };
    // Rope may work in place, so each gets its own copy.
    const turn = (direction: 1 | -1) => op.rope(tf.add(qkv, 0), rotation, { heads: 6, headWidth }, direction);
    cases[`rope, ${pairing}`] = turn(1);
    cases[`rope back, ${pairing}`] = turn(-1);
  }
  const { y, logSums } = op.attention(qkv, segments, HEADS);
  const gradient = op.attentionGradient({ qkv, y, logSums }, dy, segments, HEADS);
  return { ...cases, attention: y, 'attention, log sums': logSums, attentionGradient: gradient };
}

function loraCases(op: Operations, matrix: Matrix, vector: Vector): Cases {
  const [inputs, outputs, rank] = [24, [16, 8, 8], 4];
  const total = outputs.reduce((sum, n) => sum + n, 0);
  const part: LoraPart = { values: vector(rank * (outputs.length * inputs + total)), outputs, rank, scaling: 0.5 };
  return {
    fold: op.fold(matrix(total, inputs), part),
    loraGradient: op.loraGradient(matrix(ROWS, inputs), matrix(ROWS, total), part),
  };
}

function softmaxCases(op: Operations, matrix: Matrix): Cases {
  const logits = tf.mul<tf.Tensor2D>(matrix(ROWS, 45), 5);
  const start = { peak: tf.fill<tf.Rank.R2>([ROWS, 1], -Infinity), total: tf.zeros<tf.Rank.R2>([ROWS, 1]) };
  const first = op.softmaxStep(tf.slice(logits, [0, 0], [ROWS, 20]), start);
  const second = op.softmaxStep(tf.slice(logits, [0, 20], [ROWS, 25]), first.sums);
  return {
    'softmax, factor': second.factor,
    'softmax, log sums': tf.add(second.sums.peak, tf.log(second.sums.total)),
  };
}
