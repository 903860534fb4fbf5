// The whole model on one packed batch: embedding, blocks, final norm, output head; and the way back. Hold it beside
// Touvron et al. 2023 (LLaMA), section 2, and Hu et al. 2021 (LoRA), section 4.
import * as tf from '@tensorflow/tfjs-core';
import { operations } from '../tensor/choose.js';
import type { Rotation } from '../tensor/operations.js';
import { free, scoped } from '../tensor/scope.js';
import { encodeSegments, type Segment } from '../tensor/segments.js';
import {
  blockBackward,
  blockForward,
  type BatchContext,
  type BlockGradient,
  type BlockLora,
  type BlockSaved,
  type BlockWeights,
} from './block.js';
import type { LlamaConfig } from './config.js';
import { flattenGradient } from './lora.js';

type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;

/** A frozen base model, dequantised to float32. */
export interface LlamaModel {
  config: LlamaConfig;
  embedding: T2; // (V, D)
  /** The output head; the embedding itself where they are tied. */
  head: T2; // (V, D)
  finalNorm: T1; // (D)
  blocks: BlockWeights[];
  /** Rotary frequencies in radians a position, one for each pair of a head. */
  frequencies: Float32Array; // (h / 2)
  dispose(): void;
}

/** Several examples in one row, without padding. */
export interface PackedBatch {
  tokens: Int32Array; // (T)
  /** Position of each token in its own example. */
  positions: Int32Array; // (T)
  segments: readonly Segment[];
  /** Rows whose hidden state predicts a completion token, ascending. */
  targetRows: Int32Array; // (C)
  /** The completion tokens that those rows predict. */
  targetTokens: Int32Array; // (C)
}

/** The rotation of each token. */
function rotationOf(positions: Int32Array, { frequencies, config }: LlamaModel): Rotation {
  const pairs = frequencies.length;
  const angles = Float64Array.from(
    { length: positions.length * pairs },
    (_, i) => (positions[Math.floor(i / pairs)] as number) * (frequencies[i % pairs] as number),
  );
  const shape: [number, number] = [positions.length, pairs];
  return {
    cos: tf.tensor2d(Float32Array.from(angles, Math.cos), shape),
    sin: tf.tensor2d(Float32Array.from(angles, Math.sin), shape),
    pairing: config.ropePairing,
  };
}

/** Everything the way back needs. Dispose it when it has been used (or not). */
export interface ForwardPass {
  /** Final hidden states of the target rows, normalised: what the output head reads. */
  hidden: T2; // (C, D)
  /** From dL/dhidden (C, D) to the gradient of the adapter's flat vector (P). Once only. */
  backward(dHidden: T2, parts: readonly BlockLora[]): T1;
  dispose(): void;
}

function contextOf(model: LlamaModel, input: PackedBatch): BatchContext {
  return {
    operations: operations(),
    config: model.config,
    segments: encodeSegments(input.segments),
    rotation: rotationOf(input.positions, model),
  };
}

const freeContext = ({ segments, rotation }: BatchContext) => free(segments.encoded, rotation.cos, rotation.sin);

const embed = ({ embedding }: LlamaModel, { tokens }: PackedBatch): T2 =>
  scoped(() => tf.gather(embedding, tf.tensor1d(tokens, 'int32')));

/** All rows after these blocks, (T, D): what the blocks above them read (train/trunk.ts). */
export function trunkForward(model: LlamaModel, blocks: readonly BlockWeights[], input: PackedBatch): T2 {
  const batch = contextOf(model, input);
  let x = embed(model, input);
  for (const weights of blocks) {
    const { y, saved } = blockForward(x, weights, batch);
    free({ ...saved });
    x = y;
  }
  freeContext(batch);
  return x;
}

/**
 * Runs the batch through blocks of this model. `keep` false saves nothing for a way back. `from` (T, D) are the rows that the first
 * of the blocks reads, where that isn't the embedding; they then belong to the pass.
 */
export function forward(
  model: LlamaModel,
  blocks: readonly BlockWeights[],
  input: PackedBatch,
  keep: boolean,
  from?: T2,
): ForwardPass {
  const batch = contextOf(model, input);
  const rows = tf.tensor1d(input.targetRows, 'int32');
  const saved: BlockSaved[] = [];
  let x = from ?? embed(model, input);
  blocks.forEach((weights, i) => {
    const isLast = i === blocks.length - 1;
    const result = blockForward(x, weights, batch, isLast ? rows : undefined);
    if (keep) saved.push(result.saved);
    else free({ ...result.saved });
    x = result.y;
  });
  const hidden = scoped(() => batch.operations.rmsNorm(x, model.finalNorm, model.config.normEpsilon));
  return {
    hidden,
    backward: (dHidden, parts) => backward(dHidden, { model, blocks, parts, saved, last: x, rows, batch }),
    dispose: () => {
      free(hidden, x, rows, saved);
      freeContext(batch);
    },
  };
}

interface Backward {
  model: LlamaModel;
  blocks: readonly BlockWeights[];
  parts: readonly BlockLora[];
  saved: BlockSaved[];
  /** The last block's output, (C, D). */
  last: T2;
  rows: T1;
  batch: BatchContext;
}

/** From the last block to the first; each block's saved tensors are freed as soon as they are used. */
function backward(dHidden: T2, { model, blocks, parts, saved, last, rows, batch }: Backward): T1 {
  return scoped(() => {
    const gradients: BlockGradient[] = [];
    const { finalNorm, config } = model;
    let dy = scoped(() =>
      batch.operations.rmsNormGradient(dHidden, last, finalNorm, config.normEpsilon, tf.zerosLike(last)),
    );
    for (let i = blocks.length - 1; i >= 0; i--) {
      const { dx, gradient } = blockBackward(
        dy,
        blocks[i] as BlockWeights,
        parts[i] as BlockLora,
        saved[i] as BlockSaved,
        batch,
        { rows: i === blocks.length - 1 ? rows : undefined, wantInput: i > 0 },
      );
      free(dy, saved.pop());
      gradients[i] = gradient;
      if (dx) dy = dx;
    }
    return flattenGradient(gradients);
  });
}
