// Holds that a prompt loses whole exchanges, the oldest first, until an answer has room.
import { describe, expect, it } from '@jest/globals';
import type { AssistantsService } from '../assistants/assistants.service.js';
import type { Runtime } from '../config/runtime.js';
import type { PromptTurn } from '../database/entities/example.entity.js';
import type { Message } from '../database/entities/message.entity.js';
import type { Engine } from '../inference/engine.js';
import type { Messages } from './messages.js';
import { PromptBuilder, withoutOldestExchange } from './prompt-builder.js';

const message = (role: Message['role'], text: string) => ({ role, text, status: 'complete' }) as Message;

/** Every turn counts 10 tokens; half of the window is for the answer. */
function builder(earlier: Message[], contextTokens: number): PromptBuilder {
  const instructions = { version: 7, instructions: 'Be brief.', fewShot: [] };
  return new PromptBuilder(
    { byId: () => ({}), promptVersion: () => instructions } as unknown as AssistantsService,
    { require: () => message('customer', 'Q'), before: () => earlier } as unknown as Messages,
    {
      state: () => ({ contextTokens }),
      countTokens: (turns: PromptTurn[]) => Promise.resolve(turns.length * 10),
    } as unknown as Engine,
    { environment: { CHAT_MAX_ANSWER_TOKENS: 1_000 } } as Runtime,
  );
}

const earlier = [
  message('customer', 'a'),
  message('assistant', 'A'),
  message('customer', 'b'),
  message('assistant', 'B'),
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
