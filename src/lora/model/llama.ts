// The whole model on one packed batch: embedding, blocks, final norm, output head; and the way back. Hold it beside
// Touvron et al. 2023 (LLaMA), section 2, and Hu et al. 2021 (LoRA), section 4.
import * as tf from '@tensorflow/tfjs-core';
import type { GgufFile } from '../gguf/read.js';
import { LoraError } from '../lora-error.js';
import { CausalMasks, rmsNorm, rmsNormGradient, type Rotation, type Segment } from '../tensor/ops.js';
import { free } from '../tensor/scope.js';
import { blockBackward, blockForward, type BatchContext, type BlockSaved, type BlockWeights } from './block.js';
import { readConfig, unsupported, type LlamaConfig, type RopePairing } from './config.js';
import { linearShape, TARGETS, type BlockLora } from './lora.js';

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

/**
 * Reads every weight of a llama-family GGUF.
 * @throws LoraError `model.unsupported_architecture`, `model.invalid` (a tensor is missing or misshapen), `gguf.*`
 */
export function loadLlama(gguf: GgufFile): LlamaModel {
  const config = readConfig(gguf);
  checkNames(gguf, config);
  const matrix = (name: string, shape: [number, number]) => tf.tensor2d(checked(gguf, name, shape), shape);
  const vector = (name: string, length = config.width) => tf.tensor1d(checked(gguf, name, [length]));
  const embedding = matrix('token_embd.weight', [config.vocabulary, config.width]);
  const tied = !gguf.tensors.has('output.weight');
  const model = {
    config,
    embedding,
    head: tied ? embedding : matrix('output.weight', [config.vocabulary, config.width]),
    finalNorm: vector('output_norm.weight'),
    blocks: Array.from({ length: config.layers }, (_, block) => {
      const linears = TARGETS.map((target) => {
        const { inputs, outputs } = linearShape(config, target);
        return [target, matrix(`blk.${block}.${target}.weight`, [outputs, inputs])];
      });
      const biases = TARGETS.filter((target) => gguf.tensors.has(`blk.${block}.${target}.bias`)).map((target) => [
        target,
        vector(`blk.${block}.${target}.bias`, linearShape(config, target).outputs),
      ]);
      const norms = {
        attn_norm: vector(`blk.${block}.attn_norm.weight`),
        ffn_norm: vector(`blk.${block}.ffn_norm.weight`),
        ...(config.queryKeyNorm && {
          attn_q_norm: vector(`blk.${block}.attn_q_norm.weight`, config.headWidth),
          attn_k_norm: vector(`blk.${block}.attn_k_norm.weight`, config.headWidth),
        }),
      };
      return { ...Object.fromEntries(linears), ...norms, biases: Object.fromEntries(biases) as object } as BlockWeights;
    }),
    frequencies: rotaryFrequencies(gguf, config),
  };
  return {
    ...model,
    dispose: () => free(model.embedding, model.head, model.finalNorm, model.blocks),
  };
}

/** A tensor that the forward pass would silently leave out makes it another model: refuse it. */
function checkNames(gguf: GgufFile, { layers, queryKeyNorm }: LlamaConfig): void {
  const parts = [...TARGETS, 'attn_norm', 'ffn_norm', ...(queryKeyNorm ? ['attn_q_norm', 'attn_k_norm'] : [])];
  const known = new Set([
    ...['token_embd', 'output_norm', 'output', 'rope_freqs'].map((name) => `${name}.weight`),
    ...Array.from({ length: layers }, (_, block) => parts.map((part) => `blk.${block}.${part}.weight`)).flat(),
    ...Array.from({ length: layers }, (_, block) => TARGETS.map((target) => `blk.${block}.${target}.bias`)).flat(),
  ]);
  const foreign = [...gguf.tensors.keys()].filter((name) => !known.has(name));
  if (foreign.length === 0) return;
  const named = foreign.slice(0, 3).join(', ');
  throw unsupported(gguf, `holds ${foreign.length} tensors that this architecture does not know here (${named})`);
}

function checked(gguf: GgufFile, name: string, shape: number[]): Float32Array {
  const found = gguf.tensors.get(name)?.shape;
  if (found?.join() !== shape.join()) {
    const what = found ? `has shape (${found.join(', ')})` : 'is missing';
    throw new LoraError('model.invalid', `${gguf.path}: tensor ${name} ${what}; (${shape.join(', ')}) was expected.`);
  }
  return gguf.read(name);
}

/** θ_i = base^(−2i / h), divided by the model's own factors where it has them (Llama 3's long-context scaling). */
function rotaryFrequencies(gguf: GgufFile, { headWidth, ropeBase, ropeScale }: LlamaConfig): Float32Array {
  const pairs = headWidth / 2;
  const factors = gguf.tensors.has('rope_freqs.weight') ? checked(gguf, 'rope_freqs.weight', [pairs]) : undefined;
  return Float32Array.from(
    { length: pairs },
    (_, i) => (ropeScale * ropeBase ** ((-2 * i) / headWidth)) / (factors?.[i] ?? 1),
  );
}

/** The two numbers of a head that rotate together as its i-th pair. */
function pairOf(i: number, pairs: number, pairing: RopePairing): [number, number] {
  return pairing === 'neighbours' ? [2 * i, 2 * i + 1] : [i, i + pairs];
}

/** The rotation of each token, in the model's pairing. */
function rotationOf(positions: Int32Array, frequencies: Float32Array, pairing: RopePairing): Rotation {
  const pairs = frequencies.length;
  const width = 2 * pairs;
  const cos = new Float32Array(positions.length * width);
  const sin = new Float32Array(positions.length * width);
  positions.forEach((position, t) => {
    frequencies.forEach((frequency, i) => {
      for (const member of pairOf(i, pairs, pairing)) {
        cos[t * width + member] = Math.cos(position * frequency);
        sin[t * width + member] = Math.sin(position * frequency);
      }
    });
  });
  const turn = new Float32Array(width * width);
  for (let i = 0; i < pairs; i++) {
    const [first, second] = pairOf(i, pairs, pairing);
    turn[second * width + first] = -1;
    turn[first * width + second] = 1;
  }
  const shape: [number, number, number] = [positions.length, 1, width];
  return { cos: tf.tensor3d(cos, shape), sin: tf.tensor3d(sin, shape), turn: tf.tensor2d(turn, [width, width]) };
}

/** Everything the way back needs. Dispose it when it has been used (or not). */
export interface ForwardPass {
  /** Final hidden states of the target rows, normalised: what the output head reads. */
  hidden: T2; // (C, D)
  backward(dHidden: T2): BlockLora[];
  dispose(): void;
}

/** Runs the batch. Without an adapter it is the base model, and there is no way back. */
export function forward(
  model: LlamaModel,
  lora: readonly BlockLora[] | undefined,
  scaling: number,
  input: PackedBatch,
): ForwardPass {
  const { config, blocks, finalNorm } = model;
  const batch: BatchContext = {
    config,
    scaling,
    segments: input.segments,
    rotation: rotationOf(input.positions, model.frequencies, config.ropePairing),
    masks: new CausalMasks(),
  };
  const saved: BlockSaved[] = [];
  let x = tf.tidy(() => tf.gather(model.embedding, tf.tensor1d(input.tokens, 'int32')));
  blocks.forEach((weights, i) => {
    const result = blockForward(x, weights, lora?.[i], batch);
    x.dispose();
    x = result.y;
    if (result.saved) saved.push(result.saved);
  });
  const rows = tf.tensor1d(input.targetRows, 'int32');
  const last = tf.tidy(() => rmsNorm(tf.gather(x, rows), finalNorm, config.normEpsilon));
  x.dispose();
  return {
    hidden: last.y,
    backward: (dHidden) => backward(dHidden, model, lora as readonly BlockLora[], saved, last, rows, batch),
    dispose: () => {
      batch.masks.dispose();
      free(last, rows, saved, { ...batch.rotation });
    },
  };
}

/** From dL/dhidden (C, D) down to the gradients of every A and B; frees each block's saved tensors as soon as they are used. */
function backward(
  dHidden: T2,
  { config, blocks, finalNorm }: LlamaModel,
  lora: readonly BlockLora[],
  saved: BlockSaved[],
  last: ReturnType<typeof rmsNorm>,
  rows: T1,
  batch: BatchContext,
): BlockLora[] {
  const tokens = batch.rotation.cos.shape[0];
  const gradients: BlockLora[] = [];
  let dy: T2 = tf.tidy(() => {
    const dLast = rmsNormGradient(dHidden, finalNorm, last.normalised, last.inverseRms);
    return tf.scatterND(tf.expandDims(rows, 1), dLast, [tokens, config.width]);
  });
  for (let i = blocks.length - 1; i >= 0; i--) {
    const result = blockBackward(
      dy,
      blocks[i] as BlockWeights,
      lora[i] as BlockLora,
      saved[i] as BlockSaved,
      batch,
      i > 0,
    );
    free(dy, saved.pop());
    gradients[i] = result.gradients;
    if (result.dx) dy = result.dx;
  }
  return gradients;
}
