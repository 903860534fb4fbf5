// An adapter folded into the weights it adapts, so that a pass with it costs what a pass of the base model costs.
import * as tf from '@tensorflow/tfjs-core';
import { operations } from '../tensor/choose.js';
import { free, scoped } from '../tensor/scope.js';
import { PRODUCTS, type BlockLora, type BlockWeights, type ProductWeights } from './block.js';
import type { LlamaModel } from './llama.js';
import { adapterParts, type LoraAdapter } from './lora.js';

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
