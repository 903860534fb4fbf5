// The few operations of a llama block, each beside its hand-derived gradient. Written by hand because reverse-mode
// tape would keep every intermediate tensor, and would form gradients for frozen weights that nobody wants.
//
// Shapes: T tokens of a packed batch, D model width, H query heads, K key/value heads, G = H / K query heads that share
// one key/value head (grouped-query attention, Ainslie et al. 2023), h head width.
import * as tf from '@tensorflow/tfjs-core';

type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;
type T3 = tf.Tensor3D;
type T4 = tf.Tensor4D;

/** RMSNorm (Zhang & Sennrich 2019): y = x / rms(x) ⊙ w. Keeps the normalised x and 1 / rms(x) for the gradient. */
export function rmsNorm(x: T2, weight: T1, epsilon: number): { y: T2; normalised: T2; inverseRms: T2 } {
  const inverseRms = tf.rsqrt(tf.add<T2>(tf.mean(tf.square(x), 1, true), epsilon)); // (T, 1)
  const normalised = tf.mul<T2>(x, inverseRms); // (T, D)
  return { y: tf.mul(normalised, weight), normalised, inverseRms };
}

/** dL/dx of RMSNorm: (g − x̂ · mean(g ⊙ x̂)) / rms(x) with g = dy ⊙ w. */
export function rmsNormGradient(dy: T2, weight: T1, normalised: T2, inverseRms: T2): T2 {
  const g = tf.mul<T2>(dy, weight);
  const projection = tf.mean(tf.mul(g, normalised), 1, true); // (T, 1)
  return tf.mul(tf.sub(g, tf.mul(normalised, projection)), inverseRms);
}

/** Cosines and sines of rotary position embedding for the tokens of one packed batch, and the matrix that turns pairs. */
export interface Rotation {
  cos: T3; // (T, 1, h)
  sin: T3; // (T, 1, h)
  turn: T2; // (h, h): x · turn is x with every pair (a, b) turned to (−b, a)
}

/**
 * Rotary position embedding (Su et al. 2021, section 3.4.2): each pair of a head is rotated by position × frequency.
 * Written with a constant matrix for the quarter turn, so that any pairing costs one small product.
 * `x` is (T, heads, h).
 */
export function rope(x: T3, { cos, sin, turn }: Rotation): T3 {
  return tf.add(tf.mul(x, cos), tf.mul(timesMatrix(x, turn, false), sin));
}

/** The gradient of a rotation is the rotation back: dx = dy ⊙ cos + (dy ⊙ sin) · turnᵀ. */
export function ropeGradient(dy: T3, { cos, sin, turn }: Rotation): T3 {
  return tf.add(tf.mul(dy, cos), timesMatrix(tf.mul(dy, sin), turn, true));
}

function timesMatrix(x: T3, matrix: T2, transpose: boolean): T3 {
  const [tokens, heads, width] = x.shape;
  return tf.reshape(tf.matMul(tf.reshape(x, [tokens * heads, width]), matrix, false, transpose), [
    tokens,
    heads,
    width,
  ]);
}

/** SwiGLU (Shazeer 2020): silu(gate) ⊙ up, with silu(z) = z σ(z). */
export function swiglu(gate: T2, up: T2): T2 {
  return tf.mul(tf.mul(gate, tf.sigmoid(gate)), up);
}

/** Gradients of SwiGLU; silu′(z) = σ(z) + silu(z)(1 − σ(z)). */
export function swigluGradient(dy: T2, gate: T2, up: T2): { dGate: T2; dUp: T2 } {
  const sigmoid = tf.sigmoid(gate);
  const silu = tf.mul<T2>(gate, sigmoid);
  const slope = tf.sub(tf.add(sigmoid, silu), tf.mul(silu, sigmoid));
  return { dGate: tf.mul(tf.mul(dy, up), slope), dUp: tf.mul(dy, silu) };
}

/** Consecutive rows of a packed batch. */
export interface RowRange {
  start: number;
  length: number;
}

/**
 * Rows of a packed batch that follow each other in one example. They also see the `visible` ranges, which come earlier in the
 * batch and in the example: the instructions that all examples share, then the prompt that a pair of answers shares, each
 * computed once.
 */
export interface Segment extends RowRange {
  visible: readonly RowRange[];
}

/** How many earlier rows a segment sees besides its own: P. */
const seenBefore = ({ visible }: Segment) => visible.reduce((sum, { length }) => sum + length, 0);

/** What attention keeps for its gradient: heads first, and the probabilities of every segment. */
export interface AttentionSaved {
  q: T4; // (K, G, T, h), already scaled by 1 / √h
  k: T3; // (K, T, h)
  v: T3; // (K, T, h)
  probabilities: T3[]; // a segment: (K, G · L, P + L)
}

/**
 * Causal softmax attention (Vaswani et al. 2017, section 3.2.1), block-diagonal: a token sees the earlier tokens of its own
 * segment (and what is visible to it) only, so packing changes nothing. The G query heads of a key/value head are stacked as rows
 * of one product. q is (T, H, h), k and v are (T, K, h); the result is (T, H, h).
 */
export function attention(
  q: T3,
  k: T3,
  v: T3,
  segments: readonly Segment[],
  masks: CausalMasks,
): { y: T3; saved: AttentionSaved } {
  const [tokens, heads, width] = q.shape;
  const groups = k.shape[1];
  const perGroup = heads / groups;
  const scaled = tf.mul<T3>(q, 1 / Math.sqrt(width));
  const saved: AttentionSaved = {
    q: tf.transpose(tf.reshape(scaled, [tokens, groups, perGroup, width]), [1, 2, 0, 3]),
    k: tf.transpose(k, [1, 0, 2]),
    v: tf.transpose(v, [1, 0, 2]),
    probabilities: [],
  };
  const outputs = segments.map((segment) => {
    const scores = tf.matMul(queries(saved.q, segment), keys(saved.k, segment), false, true); // (K, G · L, P + L)
    const probability = tf.softmax(tf.add<T3>(scores, masks.get(segment, perGroup)));
    saved.probabilities.push(probability);
    return unstack(tf.matMul(probability, keys(saved.v, segment)), perGroup, segment.length);
  });
  return { y: headsLast(tf.concat(outputs, 2)), saved };
}

/** Gradients of attention: dV = Pᵀ dY, dS = P ⊙ (dP − rowsum(dP ⊙ P)) with dP = dY Vᵀ, dQ = dS K, dK = dSᵀ Q. */
export function attentionGradient(
  dy: T3,
  segments: readonly Segment[],
  { q, k, v, probabilities }: AttentionSaved,
): { dq: T3; dk: T3; dv: T3 } {
  const [groups, perGroup, tokens, width] = q.shape;
  const dyHeads = tf.transpose<T4>(tf.reshape(dy, [tokens, groups, perGroup, width]), [1, 2, 0, 3]);
  const parts = segments.map((segment, i) => {
    const p = probabilities[i] as T3;
    const dOut = queries(dyHeads, segment); // (K, G · L, h)
    const dP = tf.matMul(dOut, keys(v, segment), false, true); // (K, G · L, P + L)
    const dPP = tf.mul<T3>(dP, p);
    const dS = tf.sub<T3>(dPP, tf.mul(p, tf.sum(dPP, 2, true)));
    return {
      dq: unstack(tf.matMul(dS, keys(k, segment)), perGroup, segment.length),
      dk: tf.matMul<T3>(dS, queries(q, segment), true, false),
      dv: tf.matMul<T3>(p, dOut, true, false),
    };
  });
  const dq = parts.map((part) => part.dq);
  const dk = parts.map((part) => part.dk);
  const dv = parts.map((part) => part.dv);
  return {
    dq: tf.mul(headsLast(tf.concat(dq, 2)), 1 / Math.sqrt(width)),
    dk: tf.transpose(gatherRows(dk, segments), [1, 0, 2]),
    dv: tf.transpose(gatherRows(dv, segments), [1, 0, 2]),
  };
}

/** (K, G, T, h) → the segment's rows, query heads stacked: (K, G · L, h). */
function queries(x: T4, { start, length }: Segment): T3 {
  const [groups, perGroup, , width] = x.shape;
  const rows = tf.slice(x, [0, 0, start, 0], [groups, perGroup, length, width]);
  return tf.reshape(rows, [groups, perGroup * length, width]);
}

/** (K, T, h) → the rows that a segment sees: the visible ranges, then its own: (K, P + L, h). */
function keys(x: T3, segment: Segment): T3 {
  const ranges = [...segment.visible, segment].map(({ start, length }) => rowsOf(x, start, length));
  return ranges.length === 1 ? (ranges[0] as T3) : tf.concat(ranges, 1);
}

/** The way back of `keys`, over all segments: what they gave to a range that several see is summed. (K, P + L, h) each → (K, T, h). */
function gatherRows(parts: T3[], segments: readonly Segment[]): T3 {
  const own = segments.map((segment, i) => rowsOf(parts[i] as T3, seenBefore(segment), segment.length));
  const toRange = new Map<string, { range: RowRange; given: T3[] }>();
  segments.forEach(({ visible }, i) => {
    let at = 0;
    for (const range of visible) {
      const key = `${range.start}+${range.length}`;
      const entry = toRange.get(key) ?? { range, given: [] };
      entry.given.push(rowsOf(parts[i] as T3, at, range.length));
      toRange.set(key, entry);
      at += range.length;
    }
  });
  const rows = tf.concat(own, 1);
  if (toRange.size === 0) return rows;
  const tokens = rows.shape[1];
  const shared = [...toRange.values()].map(({ range: { start, length }, given }) =>
    tf.pad(tf.addN(given), [
      [0, 0],
      [start, tokens - start - length],
      [0, 0],
    ]),
  );
  return tf.addN([rows, ...shared]);
}

function rowsOf(x: T3, start: number, length: number): T3 {
  return tf.slice(x, [0, start, 0], [x.shape[0], length, x.shape[2]]);
}

/** (K, G · L, h) → (K, G, L, h). */
function unstack(x: T3, perGroup: number, length: number): T4 {
  const [groups, , width] = x.shape;
  return tf.reshape(x, [groups, perGroup, length, width]);
}

/** (K, G, T, h) → (T, H, h). */
function headsLast(x: T4): T3 {
  const [groups, perGroup, tokens, width] = x.shape;
  return tf.reshape(tf.transpose(x, [2, 0, 1, 3]), [tokens, groups * perGroup, width]);
}

/** Additive causal masks, made once for each length of a batch. */
export class CausalMasks {
  private readonly made = new Map<string, T2>();

  /** (G · L, P + L): 0 where a query may look, −1e9 where it may not. */
  get(segment: Segment, perGroup: number): T2 {
    const { length } = segment;
    const prefix = seenBefore(segment);
    const key = `${prefix}+${length}`;
    const known = this.made.get(key);
    if (known) return known;
    const width = prefix + length;
    const values = new Float32Array(perGroup * length * width);
    for (let row = 0; row < perGroup * length; row++) {
      values.fill(-1e9, row * width + prefix + (row % length) + 1, (row + 1) * width);
    }
    const mask = tf.keep(tf.tensor2d(values, [perGroup * length, width]));
    this.made.set(key, mask);
    return mask;
  }

  dispose(): void {
    this.made.forEach((mask) => mask.dispose());
    this.made.clear();
  }
}
