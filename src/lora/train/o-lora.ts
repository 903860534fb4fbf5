// O-LoRA (Wang et al. 2023, "Orthogonal Subspace Learning for Language Model Continual Learning", section 3): every task gets a LoRA
// of its own, kept orthogonal to the earlier ones, which stay frozen (fold them into the model before the run).
import * as tf from '@tensorflow/tfjs-core';
import type { LoraAdapter, LoraMatrices } from '../model/lora.js';
import { scoped } from '../tensor/scope.js';
import type { Penalty } from './gradient.js';

type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;

/** What the penalty reads, and the tensors that the caller disposes when the run is over. */
export interface Orthogonality {
  penalty: Penalty;
  tensors: tf.Tensor[];
}

/**
 * L = λ Σ ‖A Pᵀ‖² over all linear layers, with P the rows of all earlier adapters' A: (r, in) and (R, in). dL/dA = 2 λ (A Pᵀ) P;
 * nothing for B. The earlier adapters may have other ranks.
 * @param learning the layout of the values that learn: all blocks, or the top ones
 */
export function orthogonality(learning: LoraAdapter, earlier: readonly LoraAdapter[], strength: number): Orthogonality {
  const { rank, matrices } = learning;
  const subspaces = matrices.map((_, i) => earlierRows(earlier, i - matrices.length));
  const penalty = (flat: T1) =>
    scoped(() => {
      const parts = matrices.map(({ offsetA, inputs, outputs }, i) => {
        const before = subspaces[i] as T2;
        const a = tf.reshape<tf.Rank.R2>(tf.slice(flat, offsetA, rank * inputs), [rank, inputs]);
        const overlap = tf.matMul<T2>(a, before, false, true); // (r, R)
        const gradient = tf.mul(tf.matMul(overlap, before), 2 * strength);
        return {
          loss: tf.mul<tf.Scalar>(tf.sum(tf.square(overlap)), strength),
          gradient: [tf.reshape<tf.Rank.R1>(gradient, [rank * inputs]), tf.zeros<tf.Rank.R1>([outputs * rank])],
        };
      });
      return {
        loss: tf.addN(parts.map(({ loss }) => loss)),
        gradient: tf.concat<T1>(parts.flatMap(({ gradient }) => gradient)),
      };
    });
  return { penalty, tensors: subspaces };
}

/** The A of the earlier adapters at one linear layer, one below the other: (R, in). `fromEnd` counts from the last layer. */
function earlierRows(earlier: readonly LoraAdapter[], fromEnd: number): T2 {
  const rows = earlier.map(({ rank, matrices, values }) => {
    const { offsetA, inputs } = matrices.at(fromEnd) as LoraMatrices;
    return { inputs, own: values.subarray(offsetA, offsetA + rank * inputs) };
  });
  const inputs = rows[0]?.inputs ?? 0;
  return scoped(() => tf.concat<T2>(rows.map(({ own }) => tf.tensor2d(own, [own.length / inputs, inputs]))));
}
