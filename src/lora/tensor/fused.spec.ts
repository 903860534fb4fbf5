// The C++ kernels against the plain tfjs text of the same operations, on sizes that fill vectors and on sizes that don't.
import * as tf from '@tensorflow/tfjs-core';
import { seededRandom } from '../random.js';
import { openBackend } from './backend.js';
import { fused } from './fused.js';
import type { LoraPart, Operations } from './operations.js';
import { reference } from './reference.js';
import { encodeSegments, type Segment } from './segments.js';

const random = seededRandom(7);
const normal = (...shape: number[]) => {
  const size = shape.reduce((product, n) => product * n, 1);
  const values = Float32Array.from({ length: size }, () => random() + random() + random() + random() - 2);
  return tf.tensor(values, shape);
};
const matrix = (rows: number, columns: number) => normal(rows, columns) as tf.Tensor2D;
const vector = (n: number) => normal(n) as tf.Tensor1D;

/** Largest difference, relative to the largest value. */
async function distance(actual: tf.Tensor, expected: tf.Tensor): Promise<number> {
  expect(actual.shape).toEqual(expected.shape);
  const [a, b] = [await actual.data(), await expected.data()];
  const scale = Math.max(...Array.from(b, Math.abs));
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] as number)))) / scale;
}

describe('fused kernels', () => {
  let kernels: Operations;

  beforeAll(async () => {
    await openBackend({ prefer: 'tensorflow' });
    kernels = fused() as Operations;
    expect(kernels).toBeDefined();
  });

  const both = async (run: (op: Operations) => tf.Tensor) => {
    expect(await distance(run(kernels), run(reference))).toBeLessThan(2e-5);
  };

  it.each([
    [5, 16],
    [70, 33],
  ])('normalise, forward and back, %i × %i', async (rows, width) => {
    const [x, dy, residual, weight] = [matrix(rows, width), matrix(rows, width), matrix(rows, width), vector(width)];
    await both((op) => op.rmsNorm(x, weight, 1e-5));
    await both((op) => op.rmsNormGradient(dy, x, weight, 1e-5, residual));
  });

  it.each(['neighbours', 'halves'] as const)('rotate pairs that are %s, there and back', async (pairing) => {
    const [rows, headWidth, heads] = [9, 8, 3];
    const angles = matrix(rows, headWidth / 2);
    const rotation = { cos: tf.cos(angles), sin: tf.sin(angles), pairing };
    const x = matrix(rows, 4 * headWidth);
    const turn = (op: Operations, direction: 1 | -1) =>
      op.rope(tf.add(x, 0), rotation, { heads, headWidth }, direction);
    await both((op) => turn(op, 1));
    await both((op) => turn(op, -1));
    const there = kernels.rope(tf.add(x, 0), rotation, { heads, headWidth }, 1);
    expect(await distance(kernels.rope(there, rotation, { heads, headWidth }, -1), x)).toBeLessThan(1e-6);
  });

  it.each([
    [3, 16],
    [40, 21],
  ])('gate, forward and back, %i × %i', async (rows, width) => {
    const [gateUp, dy] = [tf.mul<tf.Tensor2D>(matrix(rows, 2 * width), 20), matrix(rows, width)];
    await both((op) => op.swiglu(gateUp));
    await both((op) => op.swigluGradient(dy, gateUp));
  });

  it.each([
    [4, 70, 48, [48]],
    [16, 130, 33, [32, 8, 8]],
    [20, 65, 40, [70, 70]],
  ])('fold and give LoRA gradients at rank %i', async (rank, rows, inputs, outputs) => {
    const total = outputs.reduce((sum, n) => sum + n, 0);
    const values = vector(rank * (outputs.length * inputs + total));
    const part: LoraPart = { values, outputs, rank, scaling: 0.5 };
    const [x, dy, weight] = [matrix(rows, inputs), matrix(rows, total), matrix(total, inputs)];
    await both((op) => op.fold(weight, part));
    await both((op) => op.loraGradient(x, dy, part));
  });

  const packed: Segment[] = [
    { start: 0, length: 20, visible: [] },
    { start: 20, length: 37, visible: [{ start: 0, length: 20 }] },
    {
      start: 57,
      length: 5,
      visible: [
        { start: 0, length: 20 },
        { start: 24, length: 3 },
      ],
    },
    { start: 62, length: 1, visible: [] },
  ];

  it.each([
    { heads: 6, keyValueHeads: 2, headWidth: 8 },
    { heads: 3, keyValueHeads: 3, headWidth: 16 },
    { heads: 9, keyValueHeads: 3, headWidth: 64 },
  ])('attend, forward and back, with %o', async (heads) => {
    const qkv = matrix(63, (heads.heads + 2 * heads.keyValueHeads) * heads.headWidth);
    const dy = matrix(63, heads.heads * heads.headWidth);
    const segments = encodeSegments(packed);
    const saved = { qkv, ...reference.attention(qkv, segments, heads) };
    await both((op) => op.attention(qkv, segments, heads).y);
    await both((op) => op.attention(qkv, segments, heads).logSums);
    await both((op) => op.attentionGradient(saved, dy, segments, heads));
  });

  it('sum a softmax over slices of the vocabulary', async () => {
    const logits = tf.mul<tf.Tensor2D>(matrix(6, 45), 10);
    const start = () => ({ peak: tf.fill<tf.Rank.R2>([6, 1], -Infinity), total: tf.zeros<tf.Rank.R2>([6, 1]) });
    const walk = (op: Operations) => {
      const first = op.softmaxStep(tf.slice(logits, [0, 0], [6, 20]), start());
      return op.softmaxStep(tf.slice(logits, [0, 20], [6, 25]), first.sums);
    };
    await both((op) => walk(op).e);
    await both((op) => walk(op).factor);
    await both((op) => tf.add(walk(op).sums.peak, tf.log(walk(op).sums.total)));
  });

  it('let NaN through, so that a run that diverges is seen', async () => {
    const x = tf.tensor2d([NaN, 1, 2, 3], [1, 4]);
    for (const y of [kernels.swiglu(x), kernels.rmsNorm(x, tf.ones([4]), 1e-5)])
      expect(Array.from(await y.data()).some(Number.isNaN)).toBe(true);
  });

  it('refuse shapes that don’t fit instead of reading past them', () => {
    expect(() => kernels.rmsNorm(matrix(2, 8), vector(7), 1e-5)).toThrow(/shapes differ/);
    const segments = encodeSegments([{ start: 0, length: 5, visible: [] }]);
    expect(() => kernels.attention(matrix(4, 16), segments, { heads: 2, keyValueHeads: 1, headWidth: 4 })).toThrow(
      /segments/,
    );
  });
});
