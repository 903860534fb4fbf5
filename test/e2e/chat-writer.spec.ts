// Our own writer on the real model, beside the binding that it replaces: the same words, and nothing lost when an answer or a context ends early.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openBaseModel } from '../../src/inference/base-model.js';
import { bindingModel } from '../../src/inference/binding-model.js';
import type { Generated } from '../../src/inference/engine.js';
import { openNativeModel } from '../../src/inference/native-model.js';
import { ENDED, nativeWriter, type NativeWriter } from '../../src/inference/native-writer.js';
import { writeAnswer } from '../../src/inference/write-answer.js';
import type { AnswerOrder, WritingContext, WritingModel, WritingSequence } from '../../src/inference/writing.js';
import { readAssets } from '../../src/setup/assets.js';
import { readChatKernels } from '../../src/setup/chat-kernels.js';
import { cacheFolder } from '../../src/setup/paths.js';

const modelPath = readAssets()?.modelPath ?? '';
const SETTINGS = { sequences: 3, contextTokens: 1024, threads: 2, batchTokens: 128, draftTokens: 7 };
const UNDRAFTED = { ...SETTINGS, draftTokens: 0 };
const QUESTIONS = ['What is a bank?', `Read this: ${'a long text, '.repeat(120)} What is it?`, 'Who wrote Faust?'];

it('is there where set-up could compile it', async () => {
  const base = await openBaseModel(modelPath, { vocabOnly: true });
  expect(nativeWriter() !== undefined).toBe(readChatKernels(cacheFolder())?.own);
  await base.dispose();
});

const writer = nativeWriter();
(writer ? describe : describe.skip)('the writer', () => {
  let native: WritingModel;
  let context: WritingContext;
  let first: WritingSequence;
  beforeAll(async () => {
    if (!writer) return;
    native = await openNativeModel(writer, modelPath, 2);
    context = await native.openContext(SETTINGS);
    first = context.sequences[0] as WritingSequence;
  });
  afterAll(async () => {
    await context.dispose();
    await native.dispose();
  });

  const order = (model: WritingModel, question: string, more: Partial<AnswerOrder> = {}): AnswerOrder => ({
    prompt: model.tokenizer.promptTokens([{ role: 'user', content: question }]),
    ...{ maxTokens: 24, temperature: 0, seed: 1, urgent: false, ...more },
  });
  async function write(model: WritingModel, sequence: WritingSequence, what: AnswerOrder): Promise<Generated> {
    for await (const event of writeAnswer(sequence, model.tokenizer, what))
      if (event.kind === 'done') return event.result;
    throw new Error('no result');
  }
  const together = (model: WritingModel, { sequences }: WritingContext) =>
    Promise.all(QUESTIONS.map((text, i) => write(model, sequences[i] as WritingSequence, order(model, text))));

  it('writes what the binding writes, together and one after the other', async () => {
    const binding = bindingModel(await openBaseModel(modelPath));
    const theirs = await binding.openContext(SETTINGS);
    const expected = await together(binding, theirs);
    expect(expected.every(({ text }) => text.length > 20)).toBe(true);
    expect(await together(native, context)).toEqual(expected);
    for (const [i, text] of QUESTIONS.entries()) {
      expect(await write(native, first, order(native, text))).toEqual(expected[i]);
    }
    await theirs.dispose();
    await binding.dispose();
  });

  describe('with a prompt that says the answer already', () => {
    const answer =
      'Cards leave our print shop in Aveiro every Tuesday and take three working days. If yours has not come, call desk seven.';
    const prompt = () =>
      native.tokenizer.promptTokens([
        { role: 'user', content: 'Where is my new card?' },
        { role: 'assistant', content: answer },
        { role: 'user', content: 'My new card is not here. Where is it?' },
      ]);

    it.each([0, 0.7])('writes the same words with drafts, at temperature %d', async (temperature) => {
      const [drafting, plain] = [await native.openContext(SETTINGS), await native.openContext(UNDRAFTED)];
      const what = { ...order(native, ''), prompt: prompt(), maxTokens: 48, temperature, seed: 7 };
      const expected = await write(native, plain.sequences[0] as WritingSequence, what);
      expect(expected.completionTokens).toBeGreaterThan(20);
      // Twice: what was drafted in vain is not held.
      for (let i = 0; i < 2; i++) {
        expect(await write(native, drafting.sequences[0] as WritingSequence, what)).toEqual(expected);
      }
      await Promise.all([drafting.dispose(), plain.dispose()]);
    });

    it('needs fewer decodes, each of which is heard of once', async () => {
      const decodes = async (draftTokens: number) => {
        const native = writer as NativeWriter;
        const model = await native.openModel(modelPath, 2);
        const heard: number[][] = [];
        let over: () => void;
        const ended = new Promise<void>((resolve) => (over = resolve));
        const context = await native.openContext(model, '', 1, 1024, 128, draftTokens, (news) => {
          heard.push([...news].filter((_, i) => i % 2 === 1));
          if (news.at(-1) === ENDED) over();
        });
        native.write(context, 0, Int32Array.from(prompt()), 0, 40, 0, 7, false);
        await ended;
        await native.closeContext(context);
        await native.closeModel(model);
        return { count: heard.length, tokens: heard.flat() };
      };
      const [plain, drafted] = [await decodes(0), await decodes(7)];
      expect(drafted.tokens).toEqual(plain.tokens);
      expect(plain.count).toBe(plain.tokens.length - 1);
      expect(drafted.count).toBeLessThan(plain.count / 2);
    });
  });

  it('reads only what is new, and forgets when told', async () => {
    const what = order(native, QUESTIONS[1] as string);
    const { text } = await write(native, first, what);
    expect(first.commonTokens(what.prompt)).toBe(what.prompt.length);
    await first.reset();
    expect(first.commonTokens(what.prompt)).toBe(0);
    expect((await write(native, first, what)).text).toBe(text);
  });

  it('stops in the middle of a prompt and of an answer, and is right afterwards', async () => {
    const { text } = await write(native, first, order(native, QUESTIONS[0] as string));
    for (const delayMs of [0, 5, 30, 90]) {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), delayMs);
      const long = order(native, QUESTIONS[1] as string, { maxTokens: 400, signal: stop.signal });
      expect((await write(native, first, long)).finishReason).toBe('stopped');
      expect((await write(native, first, order(native, QUESTIONS[0] as string))).text).toBe(text);
    }
  });

  it('stops nothing but the answer that was meant, even one that is over already', async () => {
    const { text } = await write(native, first, order(native, QUESTIONS[0] as string));
    // A neighbour keeps the context's thread busy, so that what is asked of it waits for its next step.
    const neighbour = write(
      native,
      context.sequences[1] as WritingSequence,
      order(native, QUESTIONS[2] as string, { maxTokens: 400 }),
    );
    for (let i = 0; i < 10; i++) {
      const stop = new AbortController();
      let count = 0;
      for await (const tokens of first.write(order(native, 'Hello!', { maxTokens: 3, signal: stop.signal }))) {
        count += tokens.length;
        if (count === 3) stop.abort();
      }
      expect((await write(native, first, order(native, QUESTIONS[0] as string))).text).toBe(text);
    }
    await neighbour;
  });

  it('lets what is urgent go on while the others pause', async () => {
    native.pause(true);
    let isDone = false;
    const waiting = write(native, first, order(native, QUESTIONS[0] as string)).then((result) => {
      isDone = true;
      return result;
    });
    const urgent = order(native, QUESTIONS[2] as string, { urgent: true });
    expect((await write(native, context.sequences[1] as WritingSequence, urgent)).text).not.toBe('');
    expect(isDone).toBe(false);
    native.pause(false);
    expect((await waiting).text).not.toBe('');
  });

  it('ends what is being written when its context goes', async () => {
    const passing = await native.openContext(SETTINGS);
    const sequence = passing.sequences[0] as WritingSequence;
    const answer = write(native, sequence, order(native, QUESTIONS[0] as string, { maxTokens: 900 }));
    await passing.dispose();
    expect((await answer).completionTokens).toBeLessThan(900);
  });

  it('says why a context can’t be had', async () => {
    await expect(native.openContext({ ...SETTINGS, adapterPath: '/nowhere/adapter.gguf' })).rejects.toThrow(/adapter/);
    await expect(openNativeModel(writer as never, 'package.json', 2)).rejects.toMatchObject({
      code: 'engine.model_refused',
    });
  });
});
