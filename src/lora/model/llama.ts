// The whole model on one packed batch: embedding, blocks, final norm, output head; and the way back. Hold it beside
// Touvron et al. 2023 (LLaMA), section 2, and Hu et al. 2021 (LoRA), section 4.
import * as tf from '@tensorflow/tfjs-core';
import type { GgufFile } from '../gguf/read.js';
import { LoraError } from '../lora-error.js';
import { operations } from '../tensor/choose.js';
import type { Rotation } from '../tensor/operations.js';
import { free, scoped } from '../tensor/scope.js';
import { encodeSegments, type Segment } from '../tensor/segments.js';
import {
  blockBackward,
  blockForward,
  PRODUCTS,
  type BatchContext,
  type BlockGradient,
  type BlockLora,
  type BlockSaved,
  type BlockWeights,
  type Product,
  type ProductWeights,
} from './block.js';
import { readConfig, unsupported, type LlamaConfig } from './config.js';
import {
  adapterParts,
  flattenGradient,
  linearShape,
  PRODUCT_TARGETS,
  TARGETS,
  type LoraAdapter,
  type Target,
} from './lora.js';

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
      const products = PRODUCTS.map((product) => [product, productWeight(gguf, config, block, product)]);
      const norms = {
        attentionNorm: vector(`blk.${block}.attn_norm.weight`),
        feedForwardNorm: vector(`blk.${block}.ffn_norm.weight`),
      };
      const headNorms = config.queryKeyNorm && {
        query: vector(`blk.${block}.attn_q_norm.weight`, config.headWidth),
        key: vector(`blk.${block}.attn_k_norm.weight`, config.headWidth),
      };
      const biases = productBiases(gguf, config, block);
      return {
        ...(Object.fromEntries(products) as ProductWeights),
        ...norms,
        biases,
        ...(headNorms && { headNorms }),
      };
    }),
    frequencies: rotaryFrequencies(gguf, config),
  };
  return {
    ...model,
    dispose: () => free(model.embedding, model.head, model.finalNorm, model.blocks),
  };
}

/** The weights of the targets that are multiplied as one, one below the other: (Σ out, in). */
function productWeight(gguf: GgufFile, config: LlamaConfig, block: number, product: Product): T2 {
  const parts = PRODUCT_TARGETS[product].map((target) => {
    const { inputs, outputs } = linearShape(config, target);
    return tf.tensor2d(checked(gguf, `blk.${block}.${target}.weight`, [outputs, inputs]), [outputs, inputs]);
  });
  if (parts.length === 1) return parts[0] as T2;
  const joined = tf.concat<T2>(parts, 0);
  free(parts);
  return joined;
}

/** Biases of the products, zero for a target that has none beside one that has; no entry where no target has one. */
function productBiases(gguf: GgufFile, config: LlamaConfig, block: number): BlockWeights['biases'] {
  const biased = PRODUCTS.flatMap((product) => {
    const targets = PRODUCT_TARGETS[product];
    const nameOf = (target: Target) => `blk.${block}.${target}.bias`;
    if (!targets.some((target) => gguf.tensors.has(nameOf(target)))) return [];
    const values = targets.flatMap((target) => {
      const { outputs } = linearShape(config, target);
      return gguf.tensors.has(nameOf(target))
        ? [...checked(gguf, nameOf(target), [outputs])]
        : Array<number>(outputs).fill(0);
    });
    return [[product, tf.tensor1d(values)] as const];
  });
  return Object.fromEntries(biased);
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

/** The blocks with an adapter folded into their products, W′ = W + s B A; done once for all micro-batches of a step. */
export interface FoldedBlocks {
  blocks: readonly BlockWeights[];
  dispose(): void;
}

/** Folds the adapter's parts; without them the blocks are the base model's own. */
export function foldBlocks({ blocks }: LlamaModel, parts: readonly BlockLora[] | undefined): FoldedBlocks {
  if (!parts) return { blocks, dispose: () => undefined };
  const op = operations();
  const folded = blocks.map((weights, i) => {
    const products = PRODUCTS.map((product) => {
      return [product, scoped(() => op.fold(weights[product], (parts[i] as BlockLora)[product]))] as const;
    });
    return Object.fromEntries(products) as ProductWeights;
  });
  return { blocks: blocks.map((weights, i) => ({ ...weights, ...folded[i] })), dispose: () => free(folded) };
}

/** The same for an adapter that isn't being trained. */
export function foldAdapter(model: LlamaModel, adapter: LoraAdapter | undefined): FoldedBlocks {
  const parts = adapter && scoped(() => adapterParts(tf.tensor1d(adapter.values), adapter));
  const folded = foldBlocks(model, parts);
  free(parts);
  return folded;
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
