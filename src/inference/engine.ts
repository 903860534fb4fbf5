// The Engine port: what the rest of Retune needs from whatever runs the model (llama.cpp in process, vLLM, …).
// An abstract class, so that it is its own injection token.
import type { PromptTurn } from '../database/entities/example.entity.js';
import type { Turn } from './fair-line.js';

/** One immutable adapter file; its version name is unique for ever, so no cache can serve a stale one. */
export interface AdapterFile {
  assistantId: string;
  version: number;
  /** Absolute path of the GGUF LoRA; its name contains the hash. */
  path: string;
  sha256: string;
}

export interface GenerateRequest {
  /** Adapter key from `Engine.load`, or undefined for the base model. */
  adapter?: AdapterFile;
  turns: PromptTurn[];
  maxTokens: number;
  /** 0 is greedy. */
  temperature: number;
  seed?: number;
  /** Goes first: answers under way pause between two tokens until it is done. For short ones that something waits for. */
  urgent?: boolean;
  signal?: AbortSignal;
  /** Whose turn it is where answers wait for a slot: sites take turns, and the customers of each. */
  fair?: Turn;
  /** Told the position in the waiting line, 1 for the next, when it has one and when that changes. */
  onWait?: (position: number) => void;
}

export type FinishReason = 'stop' | 'length' | 'stopped';

/** The last event of a generation. */
export interface Generated {
  text: string;
  finishReason: FinishReason;
  promptTokens: number;
  completionTokens: number;
}

/** Pieces of text while the answer is written, then the whole of it. */
export type GenerateEvent = { kind: 'delta'; text: string } | { kind: 'done'; result: Generated };

/** What an engine is doing, for health pages and tests. */
export interface EngineState {
  engine: string;
  modelPath: string;
  modelSha256: string;
  threads: number;
  /** Window of one answer together with its prompt. */
  contextTokens: number;
  slots: number;
  busySlots: number;
  queued: number;
  loaded: { assistantId: string; version: number; running: number; draining: boolean }[];
}

export abstract class Engine {
  /**
   * Makes a version ready for the next turn. Idempotent.
   * @throws InferenceError `engine.adapter_refused` when the file can't be used with this base model
   */
  abstract load(adapter: AdapterFile): Promise<void>;

  /** Takes no new turns for this version; running ones finish on it, then its memory is freed. Resolves when freed. */
  abstract retire(adapter: AdapterFile): Promise<void>;

  /**
   * Writes one answer. Bounded by `maxTokens` and the context window; ends early by `signal`.
   * @throws InferenceError `engine.busy` (queue full), `engine.prompt_too_long`, `engine.failed`
   */
  abstract generate(request: GenerateRequest): AsyncGenerator<GenerateEvent, void, undefined>;

  /** How many tokens of the window these turns take. */
  abstract countTokens(turns: PromptTurn[]): Promise<number>;

  abstract state(): EngineState;

  /** Stops what is being written and frees everything. Idempotent. */
  abstract close(): Promise<void>;
}
