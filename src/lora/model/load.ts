// From a GGUF file to the weights of a model, float32, in the layout of its products. Whatever the forward pass would leave out is refused.
import * as tf from '@tensorflow/tfjs-core';
import { openGguf, type GgufFile } from '../gguf/read.js';
import { LoraError } from '../lora-error.js';
import { free } from '../tensor/scope.js';
import { PRODUCTS, type BlockWeights, type Product, type ProductWeights } from './block.js';
import { readConfig, unsupported, type LlamaConfig } from './config.js';
import type { LlamaModel } from './llama.js';
import { linearShape, PRODUCT_TARGETS, TARGETS, type Target } from './lora.js';

type T2 = tf.Tensor2D;

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

/** The same of the file at this path. */
export function loadLlamaFile(path: string): LlamaModel {
  const gguf = openGguf(path);
  try {
    return loadLlama(gguf);
  } finally {
    gguf.close();
  }
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
