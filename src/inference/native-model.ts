// Answers by our own addon: contexts are threads that read, decode and sample by themselves; JavaScript hears of tokens.
import type { Token } from 'node-llama-cpp';
import { openBaseModel, orRefused, withReason } from './base-model.js';
import { commonStart, type AnswerOrder } from './writing.js';
import type { WritingContext, WritingModel, WritingSequence, WritingSettings } from './writing.js';
import { ENDED, FAILED, type NativeContext, type NativeModel, type NativeWriter } from './native-writer.js';

/**
 * @param cores that its contexts share
 * @throws InferenceError `engine.model_refused`, `engine.unsupported_template`
 */
export async function openNativeModel(writer: NativeWriter, modelPath: string, cores: number): Promise<WritingModel> {
  // The binding's tokenizer needs no weights.
  const vocabulary = await openBaseModel(modelPath, { vocabOnly: true });
  const model = await load(writer, modelPath, cores).catch(async (error: unknown) => {
    await vocabulary.dispose();
    throw error;
  });
  return {
    tokenizer: vocabulary.tokenizer,
    // llama.cpp itself says 0 where it has read only the vocabulary.
    trainedContextTokens: vocabulary.model.fileInfo.architectureMetadata.context_length ?? Infinity,
    freesAdapters: true,
    openContext: (settings) => openContext(writer, model, settings),
    pause: (isPaused) => writer.pause(model, isPaused),
    dispose: async () => {
      await writer.closeModel(model);
      await vocabulary.dispose();
    },
  };
}

function load(writer: NativeWriter, modelPath: string, cores: number): Promise<NativeModel> {
  return orRefused(modelPath, () => withReason(() => writer.openModel(modelPath, cores)));
}

async function openContext(
  writer: NativeWriter,
  model: NativeModel,
  { adapterPath = '', sequences: count, contextTokens, batchTokens, draftTokens }: WritingSettings,
): Promise<WritingContext> {
  const sequences: NativeSequence[] = [];
  const hear = (news: Int32Array) => {
    for (let i = 0; i < news.length; i += 2) sequences[news[i] as number]?.hear(news[i + 1] as number);
    for (const sequence of sequences) sequence.tell();
  };
  const context = await withReason(() =>
    writer.openContext(model, adapterPath, count, contextTokens, batchTokens, draftTokens, hear),
  );
  for (let number = 0; number < count; number++) sequences.push(new NativeSequence(writer, context, number));
  const dispose = async () => {
    await writer.closeContext(context);
    for (const sequence of sequences) sequence.hear(ENDED);
    for (const sequence of sequences) sequence.tell();
  };
  return { sequences, dispose };
}

/** What was certainly evaluated; anything beyond it the next answer erases. */
function held(prompt: Token[], common: number, written: Token[]): Token[] {
  // A first token says that the prompt was read; the newest one was never decoded.
  return written.length === 0 ? prompt.slice(0, common) : [...prompt, ...written.slice(0, -1)];
}

class NativeSequence implements WritingSequence {
  /** What the context has evaluated here. */
  private held: Token[] = [];
  private heard: Token[] = [];
  private state: 'idle' | 'writing' | 'failed' = 'idle';
  private wake: (() => void) | undefined;

  constructor(
    private readonly writer: NativeWriter,
    private readonly context: NativeContext,
    private readonly number: number,
  ) {}

  commonTokens(prompt: readonly Token[]): number {
    return commonStart(this.held, prompt);
  }

  reset(): Promise<void> {
    this.held = [];
    return Promise.resolve();
  }

  async *write(order: AnswerOrder): AsyncGenerator<Token[], void, undefined> {
    const { prompt, signal } = order;
    if (signal?.aborted) return;
    const common = Math.min(this.commonTokens(prompt), prompt.length - 1);
    const stop = () => this.writer.stop(this.context, this.number);
    this.begin(order, common);
    signal?.addEventListener('abort', stop, { once: true });
    const written: Token[] = [];
    try {
      for (;;) {
        const tokens = await this.next();
        written.push(...tokens);
        if (tokens.length === 0 || signal?.aborted) break;
        yield tokens;
      }
      if (this.isFailed()) throw new Error('llama.cpp could not decode');
    } finally {
      signal?.removeEventListener('abort', stop);
      await this.end(stop);
      this.held = this.isFailed() ? [] : held(prompt, common, written);
      this.state = 'idle';
    }
  }

  hear(token: number): void {
    if (token === FAILED) this.state = 'failed';
    else if (token === ENDED) this.state = 'idle';
    else this.heard.push(token as Token);
  }

  /** Wakes who waits for what was heard. */
  tell(): void {
    if (this.heard.length > 0 || this.state !== 'writing') this.wake?.();
  }

  private begin({ prompt, maxTokens, temperature, seed, urgent }: AnswerOrder, common: number): void {
    this.heard = [];
    const tokens = Int32Array.from(prompt);
    this.writer.write(this.context, this.number, tokens, common, maxTokens, temperature, seed, urgent);
    this.state = 'writing';
  }

  /** Tokens not given yet, once there are some; none: the answer is over. */
  private async next(): Promise<Token[]> {
    if (this.heard.length === 0 && this.state === 'writing') {
      await new Promise<void>((resolve) => (this.wake = resolve));
      this.wake = undefined;
    }
    return this.heard.splice(0);
  }

  /** After it nothing more is written here. */
  private async end(stop: () => void): Promise<void> {
    if (this.state === 'writing') stop();
    while (this.state === 'writing') await this.next();
  }

  private isFailed(): boolean {
    return this.state === 'failed';
  }
}
