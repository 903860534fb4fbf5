// What writes answers, whichever way goes into llama.cpp: a model that is open, its contexts, and the sequences of a context.
import type { Token } from 'node-llama-cpp';
import type { ChatTokenizer } from './chat-tokenizer.js';

/** One answer to write. */
export interface AnswerOrder {
  prompt: Token[];
  maxTokens: number;
  /** 0 is greedy. */
  temperature: number;
  seed: number;
  signal?: AbortSignal;
  /** Doesn't pause while something urgent is under way, because it is that. */
  urgent: boolean;
}

/** A place where one answer at a time is written. It keeps what it has evaluated for the next one that begins the same way. */
export interface WritingSequence {
  /** How many tokens of the prompt, from its start, it has evaluated already. Only between two answers. */
  commonTokens(prompt: readonly Token[]): number;

  /**
   * Reads the rest of the prompt, then gives tokens as the model writes them, several where they came together; the token that ends the answer
   * is the last. Ends early, without an error, when the signal says so.
   * @throws Error when llama.cpp fails; `reset` must follow
   */
  write(order: AnswerOrder): AsyncGenerator<Token[], void, undefined>;

  /** Forgets what it holds. */
  reset(): Promise<void>;
}

/** Sequences whose answers are computed together, all with one adapter or none. */
export interface WritingContext {
  readonly sequences: readonly WritingSequence[];
  dispose(): Promise<void>;
}

export interface WritingSettings {
  sequences: number;
  /** Window of one sequence, in tokens. */
  contextTokens: number;
  /** Most threads of this context where contexts don't share them out by themselves. */
  threads: number;
  /** Most tokens of one decode: large enough for fast prefill, small enough to hear a stop soon. */
  batchTokens: number;
  /** Most tokens drafted ahead of an answer that is alone in its context; 0: none. Only our own writer drafts. */
  draftTokens: number;
  adapterPath?: string;
}

/** An open model; its contexts share the weights. */
export interface WritingModel {
  readonly tokenizer: ChatTokenizer;
  /** Window that it was trained with, in tokens. */
  readonly trainedContextTokens: number;
  /** Whether an adapter's memory is free after its last context; else only after the model. */
  readonly freesAdapters: boolean;

  /** @throws Error with llama.cpp's own reason, e.g. when the adapter doesn't fit; callers say what it means */
  openContext(settings: WritingSettings): Promise<WritingContext>;

  /** Answers that aren't urgent rest between two tokens, or go on. */
  pause(isPaused: boolean): void;

  dispose(): Promise<void>;
}

/** How many tokens two lists have in common at their start. */
export function commonStart(a: readonly Token[], b: readonly Token[]): number {
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a[i] === b[i]) i++;
  return i;
}
