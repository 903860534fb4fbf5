// The addon of `writer/addon.cpp` as TypeScript sees it.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { writerPath } from '../config/llama-binaries.js';

/** Instead of a token: the answer is over, and why. */
export const ENDED = -1;
export const FAILED = -2;

declare const modelHandle: unique symbol;
declare const contextHandle: unique symbol;
export type NativeModel = { [modelHandle]: true };
export type NativeContext = { [contextHandle]: true };

export interface NativeWriter {
  /** @throws Error when llama.cpp can't load it */
  openModel(path: string, cores: number): Promise<NativeModel>;
  closeModel(model: NativeModel): Promise<void>;
  /** Answers that aren't urgent rest between two decodes, or go on. */
  pause(model: NativeModel, isPaused: boolean): void;
  /**
   * @param adapterPath empty: none
   * @param draftTokens most tokens drafted ahead of an answer that is alone; 0: none
   * @param onNews hears of pairs: a sequence, and its next token, `ENDED` or `FAILED`
   * @throws Error when the adapter doesn't fit or there is no memory
   */
  openContext(
    model: NativeModel,
    adapterPath: string,
    sequences: number,
    contextTokens: number,
    batchTokens: number,
    draftTokens: number,
    onNews: (news: Int32Array) => void,
  ): Promise<NativeContext>;
  /** Frees it; what is being written ends without a word. */
  closeContext(context: NativeContext): Promise<void>;
  /** @param held the prompt's tokens from the start that the sequence keeps; at least one is left to read */
  write(
    context: NativeContext,
    sequence: number,
    prompt: Int32Array,
    held: number,
    maxTokens: number,
    temperature: number,
    seed: number,
    urgent: boolean,
  ): void;
  /** `ENDED` follows, unless the answer has ended by itself. */
  stop(context: NativeContext, sequence: number): void;
}

let loaded: NativeWriter | undefined;

/** The addon if set-up compiled it and it can be loaded here. llama.cpp must have been loaded before, by its binding. */
export function nativeWriter(): NativeWriter | undefined {
  if (loaded || !existsSync(writerPath())) return loaded;
  try {
    loaded = createRequire(import.meta.url)(writerPath()) as NativeWriter;
  } catch {
    // Compiled for another release of llama.cpp or of Node: set-up makes it anew, and the binding works meanwhile.
  }
  return loaded;
}
