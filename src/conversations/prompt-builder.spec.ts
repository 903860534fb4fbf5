// Holds that a prompt loses whole exchanges, the oldest first, until an answer has room.
import { describe, expect, it } from '@jest/globals';
import type { AssistantsService } from '../assistants/assistants.service.js';
import type { Runtime } from '../config/runtime.js';
import type { PromptTurn } from '../database/entities/example.entity.js';
import type { Message } from '../database/entities/message.entity.js';
import type { Engine } from '../inference/engine.js';
import { NOTHING, type Memory, type Recall } from '../memory/memory.js';
import type { Scope } from '../memory/scope.js';
import type { Messages } from './messages.js';
import { PromptBuilder, withoutOldestExchange } from './prompt-builder.js';

const message = (role: Message['role'], text: string, seq = 0) => ({ role, text, status: 'complete', seq }) as Message;

/** Every turn counts 10 tokens; half of the window is for the answer. */
function builder(
  earlier: Message[],
  contextTokens: number,
  recall: Recall = NOTHING,
  isForeign = false,
): PromptBuilder {
  const instructions = { version: 7, instructions: 'Be brief.', fewShot: [], unknownAnswer: 'Ask Kim.' };
  return new PromptBuilder(
    { activePrompt: () => Promise.resolve(instructions) } as unknown as AssistantsService,
    { require: () => message('customer', 'Q', 5), before: () => earlier } as unknown as Messages,
    {
      state: () => ({ contextTokens }),
      countTokens: (turns: PromptTurn[]) => Promise.resolve(turns.length * 10),
    } as unknown as Engine,
    { recall: () => Promise.resolve(recall), count: () => undefined } as unknown as Memory,
    { isForeign: () => Promise.resolve(isForeign) } as unknown as Scope,
    { environment: { CHAT_MAX_ANSWER_TOKENS: 1_000 } } as Runtime,
  );
}

const earlier = [
  message('customer', 'a', 1),
  message('assistant', 'A', 2),
  message('customer', 'b', 3),
  message('assistant', 'B', 4),
];
const contents = async (contextTokens: number) =>
  (await builder(earlier, contextTokens).build('id', {} as Message)).turns.map(({ content }) => content);

describe('PromptBuilder', () => {
  it('shows the whole conversation when it fits', async () => {
    expect(await contents(130)).toEqual(['Be brief.', 'a', 'A', 'b', 'B', 'Q']);
  });

  it('drops the oldest exchange first, whole, and never the question', async () => {
    expect(await contents(100)).toEqual(['Be brief.', 'b', 'B', 'Q']);
    expect(await contents(50)).toEqual(['Be brief.', 'Q']);
    expect(await contents(10)).toEqual(['Be brief.', 'Q']);
  });

  it('says where in the conversation it begins', async () => {
    const fromSeq = async (contextTokens: number) =>
      (await builder(earlier, contextTokens).build('id', {} as Message)).fromSeq;
    expect([await fromSeq(130), await fromSeq(100), await fromSeq(50)]).toEqual([1, 3, 5]);
  });

  it('shows worked examples of the memory before the conversation, and leaves them out first when room is short', async () => {
    const hits: Recall['hits'] = [{ entryId: 'e', score: 0.8, use: 'few-shot' }];
    const recall: Recall = { verbatim: undefined, shots: [{ question: 'q', answer: 'A!' }], hits };
    const roomy = await builder(earlier, 170, recall).build('id', {} as Message);
    expect(roomy.turns.map(({ content }) => content)).toEqual(['Be brief.', 'q', 'A!', 'a', 'A', 'b', 'B', 'Q']);
    expect(roomy.memory).toBe(recall);
    const tight = await builder(earlier, 130, recall).build('id', {} as Message);
    expect(tight.turns.map(({ content }) => content)).toEqual(['Be brief.', 'a', 'A', 'b', 'B', 'Q']);
    expect(tight.memory).toBe(NOTHING);
  });

  it('says what the operator wants said where nobody knows, but never against the memory', async () => {
    const hits: Recall['hits'] = [{ entryId: 'e', score: 0.8, use: 'few-shot' }];
    const unknownAnswer = async (recall: Recall, isForeign: boolean) =>
      (await builder([], 100, recall, isForeign).build('id', {} as Message)).unknownAnswer;
    expect(await unknownAnswer(NOTHING, true)).toBe('Ask Kim.');
    expect(await unknownAnswer(NOTHING, false)).toBeUndefined();
    expect(await unknownAnswer({ verbatim: undefined, shots: [], hits }, true)).toBeUndefined();
  });

  it('says by which prompt version', async () => {
    expect(await builder([], 100).build('id', {} as Message)).toMatchObject({ promptVersion: 7 });
  });
});

describe('withoutOldestExchange', () => {
  it('drops a question with all its answers', () => {
    const [a, b, c, d] = [
      message('customer', '1'),
      message('assistant', '2'),
      message('agent', '3'),
      message('customer', '4'),
    ];
    expect(withoutOldestExchange([a, b, c, d])).toEqual([d]);
    expect(withoutOldestExchange([a])).toEqual([]);
  });
});
