// The Engine that runs llama.cpp in this process. A plain class, so that the gate, the probe and the tests use it alike.
import type { Token } from 'node-llama-cpp';
import type { PromptTurn } from '../database/entities/example.entity.js';
import { openBaseModel, shareThreads, usesGpu } from './base-model.js';
import { bindingModel } from './binding-model.js';
import { Engine, type AdapterFile, type EngineState, type GenerateEvent, type GenerateRequest } from './engine.js';
import { InferenceError, reasonOf } from './inference-error.js';
import { LoadedVersions, type HeldVersion } from './loaded-versions.js';
import { RightOfWay } from './right-of-way.js';
import { Slots } from './slots.js';
import type { Lane, Layout } from './version-contexts.js';
import { writeAnswer } from './write-answer.js';
import { openNativeModel } from './native-model.js';
import { nativeWriter } from './native-writer.js';
import type { WritingModel } from './writing.js';

export interface LlamaCppOptions {
  modelPath: string;
  modelSha256: string;
  /** Never more than the cores: one decode too many waits for the others. */
  threads: number;
  /** Answers written at the same time. */
  slots: number;
  /** Window of one answer with its prompt, in tokens. */
  contextTokens: number;
  maxQueued: number;
  /** Retired versions after which the model is opened anew, because only then their memory is free. */
  recycleAfter?: number;
  /** The same, this long after the last one was retired. */
  recycleAfterMs?: number;
  /** What writes the answers; default: our own writer where set-up could make it, else the binding. */
  writer?: 'own' | 'binding';
  /** Most tokens drafted ahead of an answer that is alone; default: as many as the kernels compute with one. */
  draftTokens?: number;
  /** Told what went wrong in the background; default: the console. */
  warn?: (message: string) => void;
}

const RECYCLE_AFTER_VERSIONS = 16;
/** Prefill is as fast with 128 as with 512 on a CPU, and a stop is heard sooner. */
const CPU_BATCH_TOKENS = 128;
const GPU_BATCH_TOKENS = 512;
/** With the newest token as many rows as the chat kernels compute at once (`kernels/panels.cpp`). */
const DRAFT_TOKENS = 7;
/** Two one-thread contexts a core, where each is alone with its thread: while one samples, the other computes. */
const CONTEXTS_PER_THREAD = 2;
/** Decodes run on libuv's threads (`src/start.cts` makes more); a context more than there are threads would only wait for one. */
const LIBUV_THREADS = Number(process.env.UV_THREADPOOL_SIZE) || 4;

/** What computes the answers: a GPU, a CPU whose contexts share their threads, or one whose contexts have a thread each. */
export type Processor = 'gpu' | 'shared-threads' | 'single-threads';

/** How answers are spread over contexts. */
export function layoutFor(options: LlamaCppOptions, processor: Processor, trainedContextTokens: number): Layout {
  const { slots, threads } = options;
  const wanted = { gpu: 1, 'shared-threads': threads, 'single-threads': threads * CONTEXTS_PER_THREAD }[processor];
  const contexts = Math.min(slots, wanted, LIBUV_THREADS);
  return {
    contexts,
    sequencesPerContext: Math.ceil(slots / contexts),
    threadsPerContext: processor === 'single-threads' ? 1 : threads,
    contextTokens: Math.min(options.contextTokens, trainedContextTokens),
    batchTokens: processor === 'gpu' ? GPU_BATCH_TOKENS : CPU_BATCH_TOKENS,
    draftTokens: options.draftTokens ?? DRAFT_TOKENS,
  };
}

async function processorFor(threads: number): Promise<Processor> {
  if (await usesGpu()) return 'gpu';
  return (await shareThreads(threads)) ? 'shared-threads' : 'single-threads';
}

/** By our own writer where set-up could make it, which is where our kernels are; else by the binding. */
async function openModel(options: LlamaCppOptions, processor: Processor): Promise<WritingModel> {
  const { modelPath, threads, writer = 'own' } = options;
  const own = processor === 'shared-threads' && writer === 'own' ? nativeWriter() : undefined;
  return own ? openNativeModel(own, modelPath, threads) : bindingModel(await openBaseModel(modelPath));
}

export class LlamaCppEngine extends Engine {
  private readonly slots: Slots;
  private readonly closing = new AbortController();
  private readonly rightOfWay: RightOfWay;
  /** A prompt is counted, to fit the window, before it is answered: its tokens are kept as long as its turns. */
  private readonly tokenized = new WeakMap<readonly PromptTurn[], Token[]>();

  private constructor(
    private readonly options: LlamaCppOptions,
    private readonly layout: Layout,
    private readonly versions: LoadedVersions,
  ) {
    super();
    this.slots = new Slots(options.slots, options.maxQueued);
    this.rightOfWay = new RightOfWay((isPaused) => versions.pause(isPaused));
  }

  /**
   * Opens the base model, ready to answer.
   * @throws InferenceError `engine.model_refused`, `engine.unsupported_template`, `engine.failed`
   */
  static async open(options: LlamaCppOptions): Promise<LlamaCppEngine> {
    const processor = await processorFor(options.threads);
    const model = await openModel(options, processor);
    const layout = layoutFor(options, processor, model.trainedContextTokens);
    const versions = new LoadedVersions(
      model,
      layout,
      () => openModel(options, processor),
      options.recycleAfter ?? RECYCLE_AFTER_VERSIONS,
      options.warn ?? console.warn,
      options.recycleAfterMs,
    );
    await versions.load(undefined);
    return new LlamaCppEngine(options, layout, versions);
  }

  override async load(adapter: AdapterFile): Promise<void> {
    this.checkOpen();
    // A swap waits for it; alone it takes a tenth of a second.
    const giveWay = this.rightOfWay.take();
    try {
      await this.versions.load(adapter);
    } finally {
      giveWay();
    }
  }

  override retire(adapter: AdapterFile): Promise<void> {
    return this.versions.retire(adapter);
  }

  override async *generate(request: GenerateRequest): AsyncGenerator<GenerateEvent, void, undefined> {
    this.checkOpen();
    const prompt = this.promptOf(request);
    const signal = request.signal ? AbortSignal.any([request.signal, this.closing.signal]) : this.closing.signal;
    // The version is held before the wait: what was champion when the turn began is what answers it.
    const held = await this.versions.hold(request.adapter);
    let release: (() => void) | undefined;
    let giveWay: (() => void) | undefined;
    try {
      release = await this.slots.take({ signal, turn: request.fair, onWait: request.onWait });
      if (!release) {
        yield stoppedBeforeStart(prompt.length);
        return;
      }
      // Only with a slot of its own: those that pause would not free one.
      if (request.urgent) giveWay = this.rightOfWay.take();
      yield* this.answer(held, prompt, { ...request, signal });
    } finally {
      giveWay?.();
      release?.();
      this.versions.letGo(held.version);
    }
  }

  override countTokens(turns: PromptTurn[]): Promise<number> {
    return Promise.resolve(this.tokensOf(turns).length);
  }

  override state(): EngineState {
    const { modelPath, modelSha256, threads } = this.options;
    return {
      engine: 'llama.cpp',
      modelPath,
      modelSha256,
      threads,
      contextTokens: this.layout.contextTokens,
      slots: this.slots.total,
      busySlots: this.slots.busy,
      queued: this.slots.queued,
      loaded: this.versions.list().map(({ adapter, running, draining }) => ({
        assistantId: adapter?.assistantId ?? '',
        version: adapter?.version ?? 0,
        running,
        draining,
      })),
    };
  }

  override async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    await this.versions.close();
  }

  private checkOpen(): void {
    if (this.closing.signal.aborted) throw new InferenceError('engine.closed', 'The engine is shutting down.');
  }

  private tokensOf(turns: PromptTurn[]): Token[] {
    const tokens = this.tokenized.get(turns) ?? this.versions.model.tokenizer.promptTokens(turns);
    this.tokenized.set(turns, tokens);
    return tokens;
  }

  private promptOf({ turns }: GenerateRequest): Token[] {
    const prompt = this.tokensOf(turns);
    // One token of the window must be left for the answer, and llama.cpp keeps one for itself.
    if (prompt.length > this.layout.contextTokens - 2) {
      throw new InferenceError(
        'engine.prompt_too_long',
        `The conversation needs ${prompt.length} tokens, the window has ${this.layout.contextTokens}.`,
      );
    }
    return prompt;
  }

  private async *answer(
    { version, contexts }: HeldVersion,
    prompt: Token[],
    { maxTokens, temperature, seed = randomSeed(), signal, urgent = false }: GenerateRequest,
  ): AsyncGenerator<GenerateEvent, void, undefined> {
    const room = this.layout.contextTokens - 1 - prompt.length;
    const order = { prompt, maxTokens: Math.min(maxTokens, room), temperature, seed, signal, urgent };
    let lane: Lane | undefined;
    let broken = false;
    try {
      lane = await contexts.take(prompt);
      for await (const event of writeAnswer(lane.sequence, version.base.tokenizer, order)) {
        lane.unreadTokens = 0;
        yield event;
      }
    } catch (cause) {
      broken = true;
      throw new InferenceError('engine.failed', `The answer could not be written: ${reasonOf(cause)}.`, { cause });
    } finally {
      if (lane) await contexts.release(lane, broken);
    }
  }
}

/** llama.cpp's own default would seed by the clock's second: two answers in one second would be the same. */
const randomSeed = () => Math.floor(Math.random() * 2 ** 31);

function stoppedBeforeStart(promptTokens: number): GenerateEvent {
  return { kind: 'done', result: { text: '', finishReason: 'stopped', promptTokens, completionTokens: 0 } };
}
