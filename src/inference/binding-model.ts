// Answers through node-llama-cpp: on GPUs, and where set-up could not compile our writer.
import type { LlamaContext, LlamaContextSequence, Token } from 'node-llama-cpp';
import { createContext, type BaseModel } from './base-model.js';
import { placeInBatch } from './batch-order.js';
import { gate, type Gate } from './gate.js';
import type { AnswerOrder, WritingContext, WritingModel, WritingSequence, WritingSettings } from './writing.js';

/** Where answers wait while something urgent is under way. */
interface Pause {
  gate?: Gate;
}

export function bindingModel(base: BaseModel): WritingModel {
  const pause: Pause = {};
  return {
    tokenizer: base.tokenizer,
    trainedContextTokens: base.model.trainContextSize,
    freesAdapters: false,
    openContext: (settings) => openContext(base, settings, pause),
    pause: (isPaused) => {
      if (isPaused) pause.gate ??= gate();
      else {
        pause.gate?.open();
        pause.gate = undefined;
      }
    },
    dispose: () => base.dispose(),
  };
}

async function openContext(base: BaseModel, settings: WritingSettings, pause: Pause): Promise<WritingContext> {
  const load = { answering: 0 };
  const context = await createContext(base, { ...settings, answering: () => load.answering });
  const around = { base, batchTokens: settings.batchTokens, pause, load };
  const sequences = Array.from({ length: settings.sequences }, (_, i) => new BindingSequence(context, i, around));
  return { sequences, dispose: () => context.dispose() };
}

interface Surroundings {
  base: BaseModel;
  batchTokens: number;
  pause: Pause;
  /** Answers being written in the same context. */
  load: { answering: number };
}

class BindingSequence implements WritingSequence {
  private sequence: LlamaContextSequence;

  constructor(
    private readonly context: LlamaContext,
    private readonly number: number,
    private readonly around: Surroundings,
  ) {
    this.sequence = context.getSequence();
  }

  commonTokens(prompt: readonly Token[]): number {
    return this.sequence.compareContextTokens(prompt as Token[]).firstDifferentIndex;
  }

  async reset(): Promise<void> {
    await this.sequence.dispose();
    this.sequence = this.context.getSequence();
  }

  async *write(order: AnswerOrder): AsyncGenerator<Token[], void, undefined> {
    const { load } = this.around;
    load.answering++;
    try {
      yield* this.tokensOf(order);
    } finally {
      load.answering--;
    }
  }

  private async *tokensOf(order: AnswerOrder): AsyncGenerator<Token[], void, undefined> {
    const last = await this.readPrompt(order);
    if (!last || order.signal?.aborted) return;
    const { temperature, seed, maxTokens, signal } = order;
    const evaluationPriority = placeInBatch(this.number);
    const tokens = this.sequence.evaluate(last, { temperature, seed, evaluationPriority, yieldEogToken: true });
    let written = 0;
    for await (const token of tokens) {
      if (signal?.aborted) return;
      yield [token];
      if (++written >= maxTokens || this.around.base.tokenizer.endsAnswer(token)) return;
      await this.whenClear(order);
    }
  }

  /** Evaluates what the sequence doesn't know yet, all but the last batch, which it returns: it starts the answer. */
  private async readPrompt(order: AnswerOrder): Promise<Token[] | undefined> {
    const { prompt, signal } = order;
    const { batchTokens } = this.around;
    const common = Math.min(this.commonTokens(prompt), prompt.length - 1);
    await this.sequence.eraseContextTokenRanges([{ start: common, end: this.sequence.nextTokenIndex }]);
    const evaluationPriority = placeInBatch(this.number);
    let from = common;
    for (; prompt.length - from > batchTokens; from += batchTokens) {
      if (signal?.aborted) return undefined;
      await this.whenClear(order);
      const some = prompt.slice(from, from + batchTokens);
      await this.sequence.evaluateWithoutGeneratingNewTokens(some, { evaluationPriority });
    }
    await this.whenClear(order);
    return prompt.slice(from);
  }

  /** Waits while something more urgent is under way. */
  private whenClear({ urgent }: AnswerOrder): Promise<void> | undefined {
    return urgent ? undefined : this.around.pause.gate?.promise;
  }
}
