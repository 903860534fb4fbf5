// The operations of a llama block in plain tfjs, each beside its hand-derived gradient. Written by hand because a reverse-mode
// tape would keep every intermediate tensor, and would form gradients for frozen weights that nobody wants. This is the text to
// read; the C++ kernels say the same faster, and a spec holds them to this.
import * as tf from '@tensorflow/tfjs-core';
import type { Heads, LoraPart, Operations, Rotation } from './operations.js';
import type { Segment } from './segments.js';

type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;
type T3 = tf.Tensor3D;
type T4 = tf.Tensor4D;

/** A (r, in) and B (out, r) of each target, out of the part's flat vector. */
function matricesOf(inputs: number, { values, outputs, rank }: LoraPart): { a: T2; b: T2 }[] {
  const parts = tf.split(
    values,
    outputs.flatMap((out) => [rank * inputs, out * rank]),
  );
  return outputs.map((out, i) => ({
    a: tf.reshape(parts[2 * i] as T1, [rank, inputs]),
    b: tf.reshape(parts[2 * i + 1] as T1, [out, rank]),
  }));
}

function fold(weight: T2, lora: LoraPart): T2 {
  const updates = matricesOf(weight.shape[1], lora).map(({ a, b }) => tf.matMul<T2>(b, a));
  return tf.add(weight, tf.mul(tf.concat(updates, 0), lora.scaling));
}

function loraGradient(x: T2, dy: T2, lora: LoraPart): T1 {
  const gradients = tf.split<tf.Tensor2D>(dy, [...lora.outputs], 1);
  const parts = matricesOf(x.shape[1], lora).flatMap(({ a, b }, i) => {
    const dOut = gradients[i] as T2;
    const u = tf.mul<T2>(tf.matMul(x, a, false, true), lora.scaling); // (T, r)
    const v = tf.mul<T2>(tf.matMul(dOut, b), lora.scaling); // (T, r)
    return [tf.matMul<T2>(v, x, true, false), tf.matMul<T2>(dOut, u, true, false)];
  });
  return tf.concat<T1>(parts.map((part) => tf.reshape<tf.Rank.R1>(part, [-1])));
}

const inverseRms = (x: T2, epsilon: number) => tf.rsqrt<T2>(tf.add(tf.mean(tf.square(x), 1, true), epsilon)); // (T, 1)

function rmsNorm(x: T2, weight: T1, epsilon: number): T2 {
  return tf.mul(tf.mul(x, inverseRms(x, epsilon)), weight);
}

/** (g − x̂ · mean(g ⊙ x̂)) / rms(x) with g = dy ⊙ w and x̂ = x / rms(x). */
function rmsNormGradient(dy: T2, x: T2, weight: T1, epsilon: number, residual: T2): T2 {
  const inverse = inverseRms(x, epsilon);
  const normalised = tf.mul<T2>(x, inverse);
  const g = tf.mul<T2>(dy, weight);
  const projection = tf.mean(tf.mul(g, normalised), 1, true); // (T, 1)
  return tf.add(residual, tf.mul(tf.sub(g, tf.mul(normalised, projection)), inverse));
}

/** Each pair (p, q) of a head becomes (p cos − q sin, q cos + p sin); back: with −sin. */
function rope(
  x: T2,
  rotation: Rotation,
  { heads, headWidth }: { heads: number; headWidth: number },
  direction: 1 | -1,
): T2 {
  const [tokens, width] = x.shape;
  const turned = heads * headWidth;
  const half = headWidth / 2;
  const neighbours = rotation.pairing === 'neighbours';
  const pairs: T4 = tf.reshape(
    tf.slice(x, [0, 0], [tokens, turned]),
    neighbours ? [tokens, heads, half, 2] : [tokens, heads, 2, half],
  );
  const [p, q] = tf.unstack(pairs, neighbours ? 3 : 2) as [T3, T3];
  const cos = tf.expandDims<T3>(rotation.cos, 1);
  const sin = tf.mul<T3>(tf.expandDims(rotation.sin, 1), direction);
  const result = tf.stack(
    [tf.sub<T3>(tf.mul(p, cos), tf.mul(q, sin)), tf.add<T3>(tf.mul(q, cos), tf.mul(p, sin))],
    neighbours ? 3 : 2,
  );
  const rest = tf.slice(x, [0, turned], [tokens, width - turned]);
  return tf.concat<T2>([tf.reshape(result, [tokens, turned]), rest], 1);
}

/** The G = H / K query heads of a key/value head are stacked as rows of one product: q (K, G, T, h), k and v (K, T, h). */
function splitHeads(qkv: T2, { heads, keyValueHeads, headWidth }: Heads): { q: T4; k: T3; v: T3 } {
  const tokens = qkv.shape[0];
  const narrow = keyValueHeads * headWidth;
  const [q, k, v] = tf.split(qkv, [heads * headWidth, narrow, narrow], 1) as [T2, T2, T2];
  const shared = (x: T2) => tf.transpose<T3>(tf.reshape(x, [tokens, keyValueHeads, headWidth]), [1, 0, 2]);
  return { q: queryHeads(tf.mul(q, 1 / Math.sqrt(headWidth)), keyValueHeads, headWidth), k: shared(k), v: shared(v) };
}

/** (T, H h) → (K, G, T, h). */
function queryHeads(x: T2, groups: number, width: number): T4 {
  return tf.transpose(tf.reshape(x, [x.shape[0], groups, -1, width]), [1, 2, 0, 3]);
}

/** (K, G, T, h) → (T, H h). */
function headsLast(x: T4): T2 {
  const [groups, perGroup, tokens, width] = x.shape;
  return tf.reshape(tf.transpose(x, [2, 0, 1, 3]), [tokens, groups * perGroup * width]);
}

/** Scores of a segment's rows with all that they see, (K, G, L, V + L); −1e9 where a row may not look. */
function scoresOf(q: T4, k: T3, segment: Segment): T4 {
  const [groups, perGroup, , width] = q.shape;
  const rows = tf.reshape(rowsOf(q, segment), [groups, perGroup * segment.length, width]);
  const keys = visible(k, segment);
  const scores = tf.reshape(tf.matMul(rows, keys, false, true), [groups, perGroup, segment.length, keys.shape[1]]);
  const own = tf.linalg.bandPart(tf.ones<tf.Rank.R2>([segment.length, segment.length]), -1, 0);
  const allowed = tf.concat<T2>([tf.ones([segment.length, keys.shape[1] - segment.length]), own], 1);
  return tf.add(scores, tf.mul(tf.sub(1, allowed), -1e9));
}

function attention(qkv: T2, segments: readonly Segment[], heads: Heads): { y: T2; logSums: T2 } {
  const { q, k, v } = splitHeads(qkv, heads);
  const parts = segments.map((segment) => {
    const scores = scoresOf(q, k, segment);
    const logSums = tf.logSumExp<T4>(scores, 3, true); // (K, G, L, 1)
    return { y: perGroup(tf.exp(tf.sub(scores, logSums)), visible(v, segment)), logSums };
  });
  return {
    y: headsLast(
      tf.concat<T4>(
        parts.map(({ y }) => y),
        2,
      ),
    ),
    logSums: headsLast(
      tf.concat<T4>(
        parts.map(({ logSums }) => logSums),
        2,
      ),
    ),
  };
}

/** dV = Pᵀ dY, dS = P ⊙ (dP − rowsum(dY ⊙ Y)) with dP = dY Vᵀ, dQ = dS K, dK = dSᵀ Q. */
function attentionGradient(
  saved: { qkv: T2; y: T2; logSums: T2 },
  dy: T2,
  segments: readonly Segment[],
  heads: Heads,
): T2 {
  const { q, k, v } = splitHeads(saved.qkv, heads);
  const wide = (x: T2, width: number) => queryHeads(x, heads.keyValueHeads, width);
  const logSums = wide(saved.logSums, 1);
  const dOut = wide(dy, heads.headWidth);
  const dots = tf.sum<T4>(tf.mul(dOut, wide(saved.y, heads.headWidth)), 3, true); // (K, G, T, 1)
  const dQueries: T4[] = [];
  let [dKeys, dValues]: T3[] = [tf.zerosLike(k), tf.zerosLike(v)];
  for (const segment of segments) {
    const p = tf.exp<T4>(tf.sub(scoresOf(q, k, segment), rowsOf(logSums, segment)));
    const dP = tf.sub<T4>(perGroup(rowsOf(dOut, segment), visible(v, segment), true), rowsOf(dots, segment));
    const dS = tf.mul<T4>(p, dP);
    dQueries.push(perGroup(dS, visible(k, segment)));
    dKeys = tf.add(dKeys as T3, scatterVisible(acrossGroup(dS, rowsOf(q, segment)), segment, k.shape[1]));
    dValues = tf.add(dValues as T3, scatterVisible(acrossGroup(p, rowsOf(dOut, segment)), segment, k.shape[1]));
  }
  const dq = tf.mul<T2>(headsLast(tf.concat<T4>(dQueries, 2)), 1 / Math.sqrt(heads.headWidth));
  const narrow = (x: T3): T2 => tf.reshape(tf.transpose(x, [1, 0, 2]), [x.shape[1], x.shape[0] * x.shape[2]]);
  return tf.concat<T2>([dq, narrow(dKeys as T3), narrow(dValues as T3)], 1);
}

/** (K, G, L, m) times (K, m, n), or its transpose → (K, G, L, n). */
function perGroup(x: T4, y: T3, transpose = false): T4 {
  const [groups, queries, rows, inner] = x.shape;
  const product = tf.matMul<T3>(tf.reshape(x, [groups, queries * rows, inner]), y, false, transpose);
  return tf.reshape(product, [groups, queries, rows, product.shape[2]]);
}

/** Σ over a group's query heads of xᵀ y: (K, G, L, m), (K, G, L, n) → (K, m, n). */
function acrossGroup(x: T4, y: T4): T3 {
  const flat = (z: T4): T3 => tf.reshape(z, [z.shape[0], z.shape[1] * z.shape[2], z.shape[3]]);
  return tf.matMul(flat(x), flat(y), true, false);
}

function rowsOf(x: T4, { start, length }: Segment): T4 {
  return tf.slice(x, [0, 0, start, 0], [-1, -1, length, -1]);
}

/** (K, T, h) → the rows that a segment sees, its own last: (K, V + L, h). */
function visible(x: T3, segment: Segment): T3 {
  const ranges = [...segment.visible, segment].map(({ start, length }) => tf.slice(x, [0, start, 0], [-1, length, -1]));
  return tf.concat<T3>(ranges, 1);
}

/** The way back of `visible`: (K, V + L, h) → (K, T, h), zero elsewhere. */
function scatterVisible(x: T3, segment: Segment, tokens: number): T3 {
  let at = 0;
  const placed = [...segment.visible, segment].map(({ start, length }) => {
    const part = tf.slice(x, [0, at, 0], [-1, length, -1]);
    at += length;
    return tf.pad(part, [
      [0, 0],
      [start, tokens - start - length],
      [0, 0],
    ]);
  });
  return tf.addN(placed);
}

function swiglu(gateUp: T2): T2 {
  const [gate, up] = tf.split(gateUp, 2, 1) as [T2, T2];
  return tf.mul(tf.mul(gate, tf.sigmoid(gate)), up);
}

function swigluGradient(dy: T2, gateUp: T2): T2 {
  const [gate, up] = tf.split(gateUp, 2, 1) as [T2, T2];
  const sigmoid = tf.sigmoid(gate);
  const silu = tf.mul<T2>(gate, sigmoid);
  const slope = tf.sub(tf.add(sigmoid, silu), tf.mul(silu, sigmoid));
  return tf.concat<T2>([tf.mul(tf.mul(dy, up), slope), tf.mul(dy, silu)], 1);
}

export const reference: Operations = {
  fold,
  loraGradient,
  rmsNorm,
  rmsNormGradient,
  rope,
  attention: (qkv, { segments }, heads) => attention(qkv, segments, heads),
  attentionGradient: (saved, dy, { segments }, heads) => attentionGradient(saved, dy, segments, heads),
  swiglu,
  swigluGradient,
  softmaxStep(logits, { peak, total }) {
    const newPeak = tf.maximum<T2>(peak, tf.max(logits, 1, true));
    const e = tf.exp<T2>(tf.sub(logits, newPeak));
    const factor = tf.exp<T2>(tf.sub(peak, newPeak));
    const newTotal = tf.add<T2>(tf.mul(total, factor), tf.sum(e, 1, true));
    return { e, sums: { peak: newPeak, total: newTotal }, factor };
  },
};
