// Opens the base model in llama.cpp. All settings that keep the process safe and fast are here, each with its reason.
import '../config/any-ci.js';
import { existsSync } from 'node:fs';
import { getLlama, LlamaLogLevel, type Llama, type LlamaContext, type LlamaModel } from 'node-llama-cpp';
import { batchTogether } from './batch-order.js';
import { ChatTokenizer } from './chat-tokenizer.js';
import { InferenceError, reasonOf } from './inference-error.js';
import type { WritingSettings } from './writing.js';

/** An open base model; its contexts share the weights. */
export interface BaseModel {
  readonly model: LlamaModel;
  readonly tokenizer: ChatTokenizer;
  dispose(): Promise<void>;
}

/** How llama.cpp says that it loaded them: they answer where it asks for Arm's KleidiAI. */
const OUR_KERNELS = 'KLEIDIAI = 1';
let runtime: Promise<Llama> | undefined;
/** The newest error line of llama.cpp: the binding's own errors don't say why. */
let lastWords = '';

/** One llama.cpp a process: a second one would load the library and its thread settings twice. */
function llama(): Promise<Llama> {
  runtime ??= getLlama({
    // Never compiles and never downloads: a prebuilt binary is part of the npm package.
    build: 'never',
    skipDownload: true,
    gpu: mayHaveGpu() ? 'auto' : false,
    // 0: contexts get exactly the threads they ask for (see `shareThreads`); the default shares out a number that can exceed the cores.
    maxThreads: 0,
    logLevel: LlamaLogLevel.error,
    logger: (_level, message) => (lastWords = message.trim()),
  });
  return runtime;
}

function mayHaveGpu(): boolean {
  return process.platform === 'darwin' || existsSync('/dev/nvidiactl') || existsSync('/dev/kfd');
}

/** Whether answers are computed on a GPU (then one context with many sequences is best). */
export async function usesGpu(): Promise<boolean> {
  return (await llama()).gpu !== false;
}

/**
 * With the kernels that set-up compiles, threads stay (the prebuilt library starts new ones for every token), so one chat is faster on all
 * cores: contexts that are at work together then share so many threads, at least one each.
 * @returns whether they do
 */
export async function shareThreads(threads: number): Promise<boolean> {
  const runtime = await llama();
  if (runtime.gpu !== false || !runtime.systemInfo.includes(OUR_KERNELS)) return false;
  runtime.maxThreads = threads;
  return true;
}

/**
 * @param vocabOnly loads the tokenizer without the weights
 * @throws InferenceError `engine.model_refused`, `engine.unsupported_template`
 */
export async function openBaseModel(modelPath: string, { vocabOnly = false } = {}): Promise<BaseModel> {
  const model = await loadModel(modelPath, vocabOnly);
  try {
    const tokenizer = new ChatTokenizer(model);
    return { model, tokenizer, dispose: () => model.dispose() };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

function loadModel(modelPath: string, vocabOnly: boolean): Promise<LlamaModel> {
  return orRefused(modelPath, async () => (await llama()).loadModel({ modelPath, vocabOnly }));
}

/** @throws InferenceError `engine.model_refused` for whatever goes wrong in `load` */
export async function orRefused<T>(modelPath: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const sentence = `The model ${modelPath} can't be loaded: ${reasonOf(cause)}.`;
    throw new InferenceError('engine.model_refused', sentence, { cause });
  }
}

export interface ContextSettings extends Omit<WritingSettings, 'draftTokens'> {
  /** How many answers are being written in this context: a batch waits for all of them. */
  answering: () => number;
}

/** @throws Error with llama.cpp's own reason; callers say what it means */
export function createContext(base: BaseModel, settings: ContextSettings): Promise<LlamaContext> {
  return withReason(() =>
    base.model.createContext({
      sequences: settings.sequences,
      contextSize: settings.contextTokens,
      // All that are free, up to so many; where threads aren't shared: exactly so many.
      threads: { ideal: settings.threads, min: 1 },
      batchSize: settings.batchTokens,
      batching: { itemPrioritizationStrategy: batchTogether(settings.answering) },
      lora: settings.adapterPath,
      failedCreationRemedy: false,
    }),
  );
}

/** Adds what llama.cpp said last to the error of something it was asked for. */
export async function withReason<T>(ask: () => Promise<T>): Promise<T> {
  lastWords = '';
  try {
    return await ask();
  } catch (cause) {
    // Its log lines come by another way than its errors; one turn of the event loop lets them arrive.
    await new Promise((resolve) => setImmediate(resolve));
    throw new Error([reasonOf(cause), lastWords].filter(Boolean).join(': '), { cause });
  }
}
