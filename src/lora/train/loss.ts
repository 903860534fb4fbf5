// Cross-entropy of the completion tokens and its gradient, in chunks of rows, so that the (C, V) logits of a large
// vocabulary never exist as a whole.
import * as tf from '@tensorflow/tfjs-core';
import { operations } from '../tensor/choose.js';
import { free, scoped } from '../tensor/scope.js';

type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;

/** Rows of logits that exist at once where all columns are wanted: 128 × 49,152 float32 are 25 MB. */
const CHUNK_ROWS = 128;

/** Columns of the vocabulary whose logits exist at once; they and their part of the head stay in the processor's cache. */
const CHUNK_COLUMNS = 4096;

/** −Σ q_v log p_v of every target row, in nats, and its gradient by that row's hidden state. Unweighted: a loss weighs them. */
export interface CrossEntropy {
  nll: T2; // (C, 1)
  dNll: T2; // (C, D)
}

/**
 * With logits z = h Eᵀ, e = exp(z − max z), S = Σ e and a target distribution q, whose mean embedding is t = Σ q_v E_v:
 * −Σ q_v log p_v = max z + log S − h · t, and its gradient by h is e E / S − t. A target token y is q = one-hot, t = E_y: a gather.
 * A distribution to distil (Hinton et al. 2015) needs no more than its t, computed once.
 * hidden (C, D), head (V, D), targets (C, D) are the t.
 */
export function crossEntropy(hidden: T2, head: T2, targets: T2): CrossEntropy {
  return scoped(() => {
    const { logTotal, expected } = softmaxOverHead(hidden, head);
    return {
      nll: tf.sub<T2>(logTotal, tf.sum(tf.mul(hidden, targets), 1, true)),
      dNll: tf.sub<T2>(expected, targets),
    };
  });
}

/** Mean embedding Σ p_v E_v under the model's own distribution at each row: the target that distillation wants. (C, D). */
export function expectedEmbeddings(hidden: T2, head: T2): T2 {
  return scoped(() => softmaxOverHead(hidden, head).expected);
}

/**
 * log Σ exp z, (C, 1), and Σ p_v E_v, (C, D), in one walk over the vocabulary: each part of the head is read once, for the logits
 * and for the mean, and what was summed so far is scaled whenever a larger logit appears (Milakov & Gimelshein 2018).
 */
export function softmaxOverHead(h: T2, head: T2): { logTotal: T2; expected: T2 } {
  const [vocabulary, width] = head.shape;
  let state = scoped(() => ({
    sums: { peak: tf.fill<tf.Rank.R2>([h.shape[0], 1], -Infinity), total: tf.zeros<tf.Rank.R2>([h.shape[0], 1]) },
    embedding: tf.zeros<tf.Rank.R2>([h.shape[0], width]),
  }));
  for (let from = 0; from < vocabulary; from += CHUNK_COLUMNS) {
    const before = state;
    state = scoped(() => {
      const part = tf.slice(head, [from, 0], [Math.min(CHUNK_COLUMNS, vocabulary - from), width]);
      const { e, sums, factor } = operations().softmaxStep(tf.matMul(h, part, false, true), before.sums);
      return { sums, embedding: tf.add<T2>(tf.mul(before.embedding, factor), tf.matMul(e, part)) };
    });
    free(before);
  }
  const { sums, embedding } = state;
  return { logTotal: tf.add<T2>(sums.peak, tf.log(sums.total)), expected: tf.div<T2>(embedding, sums.total) };
}

/** log p of each target and whether it is the model's first choice. (C) each. */
export function targetLogProbs(hidden: T2, head: T2, targets: Int32Array): { logProbs: T1; greedy: T1 } {
  return scoped(() => {
    const chunks = chunked(hidden.shape[0], (from, rows) => {
      const h = tf.slice(hidden, [from, 0], [rows, -1]);
      const ids = tf.tensor1d(targets.subarray(from, from + rows), 'int32');
      const logits = tf.matMul<T2>(h, head, false, true);
      const peak = tf.max<T1>(logits, 1);
      const logTotal = tf.log(tf.sum(tf.exp(tf.sub(logits, tf.expandDims(peak, 1))), 1));
      const targetLogit = tf.sum(tf.mul(h, tf.gather(head, ids)), 1);
      return {
        logProbs: tf.sub<T1>(targetLogit, tf.add(peak, logTotal)),
        greedy: tf.cast<T1>(tf.equal(tf.argMax(logits, 1), ids), 'float32'),
      };
    });
    return {
      logProbs: tf.concat<T1>(chunks.map((chunk) => chunk.logProbs)),
      greedy: tf.concat<T1>(chunks.map((chunk) => chunk.greedy)),
    };
  });
}

function chunked<T>(rows: number, body: (from: number, rows: number) => T): T[] {
  const results: T[] = [];
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    results.push(scoped(() => body(from, Math.min(CHUNK_ROWS, rows - from))));
  }
  return results;
}
