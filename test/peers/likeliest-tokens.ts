// The learner's own likeliest token at each position, to compare with other engines.
import * as tf from '@tensorflow/tfjs-core';
import { foldAdapter } from '../../src/lora/model/fold.js';
import { forward, type LlamaModel } from '../../src/lora/model/llama.js';
import type { LoraAdapter } from '../../src/lora/model/lora.js';
import { scoped } from '../../src/lora/tensor/scope.js';
import { pack } from '../../src/lora/train/pack.js';

/** Tokens of a dialogue; positions count from `from` on. */
export interface Dialogue {
  tokens: number[];
  from: number;
  /** The answer's positions start here. */
  answer: number;
}

/** For each dialogue the token that the model finds likeliest after each of `tokens[from]` … `tokens.at(-1)`. */
export async function likeliestTokens(
  model: LlamaModel,
  adapter: LoraAdapter | undefined,
  dialogues: readonly Dialogue[],
): Promise<number[][]> {
  const folded = foldAdapter(model, adapter);
  const likeliest: number[][] = [];
  for (const { tokens, from } of dialogues) {
    const top = scoped(() => {
      // Targets are every token after `from`; the last one's is of no interest.
      const completion = [...tokens.slice(from + 1), 0];
      const item = { id: '', promptTokens: tokens.slice(0, from + 1), completionTokens: completion };
      const pass = forward(model, folded.blocks, pack([item]), false);
      const chosen = tf.argMax(tf.matMul(pass.hidden, model.head, false, true), 1);
      pass.dispose();
      return chosen;
    });
    likeliest.push([...(await top.data())]);
    top.dispose();
  }
  folded.dispose();
  return likeliest;
}
