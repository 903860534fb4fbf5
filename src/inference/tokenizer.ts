// The serving tokenizer without the model's weights: for the learner's process.
import type { PromptTurn } from '../database/entities/example.entity.js';
import { openBaseModel } from './base-model.js';

export interface Tokenizer {
  /** Token ids of a prompt up to where the answer begins. */
  promptTokens(turns: PromptTurn[]): number[];
  /** Token ids of an answer; the last one ends the turn. */
  completionTokens(text: string): number[];
  dispose(): Promise<void>;
}

/**
 * Reads only the vocabulary (about 0.1 s, few MB).
 * @throws InferenceError `engine.model_refused`, `engine.unsupported_template`
 */
export async function openTokenizer(modelPath: string): Promise<Tokenizer> {
  const base = await openBaseModel(modelPath, { vocabOnly: true });
  return {
    promptTokens: (turns) => base.tokenizer.promptTokens(turns),
    completionTokens: (text) => base.tokenizer.completionTokens(text),
    dispose: () => base.dispose(),
  };
}
