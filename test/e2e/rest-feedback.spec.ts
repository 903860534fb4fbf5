// Ratings and corrections over REST, and the examples they make: on the real service and a real Postgres.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { PromptTurn } from '../../src/database/entities/example.entity.js';
import { openTokenizer } from '../../src/inference/tokenizer.js';
import { readAssets } from '../../src/setup/assets.js';
import { answered, message, type AnsweredQuestion } from '../support/answered.js';
import { openChat } from '../support/chat.js';
import { restClient, type Json } from '../support/rest.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

let service: ServiceUnderTest;
let rest: ReturnType<typeof restClient>;
let database: pg.Client;

beforeAll(async () => {
  // A narrow window, so that a short conversation outgrows it.
  const narrow = { CHAT_CONTEXT_TOKENS: '256', CHAT_MAX_ANSWER_TOKENS: '16' };
  service = await startService({ LEARN_MIN_EXAMPLES: '1000000', ...narrow });
  rest = restClient(service.url);
  database = new pg.Client(service.databaseUrl);
  await database.connect();
}, 240_000);

afterAll(async () => {
  await database?.end();
  await service?.stop();
});

interface Page {
  counts: { total: number; bySlice: Json[]; byKind: Json[] };
  examples: { id: string; split: string; slice: string; completion: string; kind: string }[];
  next: string | null;
}

const examples = async (query = '') => {
  const { status, body } = await rest.get<Page>(`/api/v1/assistants/demo/examples${query}`, {
    token: service.operatorToken,
  });
  expect(status).toBe(200);
  return body;
};
const correct = (answerId: string, body: Json, actor = 'Ada') =>
  rest.post<{ example: Json | null }>(`/api/v1/messages/${answerId}/corrections`, {
    ...{ token: service.agentToken, body },
    headers: { 'x-retune-actor': actor },
  });
const rate = ({ answerId, conversationToken }: AnsweredQuestion, value: 'up' | 'down' | null, more: Json = {}) =>
  rest.post(`/api/v1/messages/${answerId}/ratings`, {
    ...{ body: { value, ...more } },
    headers: { 'x-conversation-token': conversationToken },
  });
const ofMessage = async (messageId: string) => {
  const { rows } = await database.query<Json>('SELECT * FROM examples WHERE source_message_id = $1', [messageId]);
  return rows;
};

describe('corrections', () => {
  it('of a conversation that outgrew the window hold exactly the turns that were served', async () => {
    const chat = await openChat(service.url);
    const tokenizer = await openTokenizer(readAssets()?.modelPath ?? '');
    const turnsOf: number[] = [];
    for (let i = 1; i <= 5; i++) {
      const { messageId, usage } = await chat.answer(
        `Question ${i}: ${'my card is late and I am abroad, '.repeat(6)}?`,
      );
      await correct(messageId, { text: `Answer ${i}.`, slice: 'long' });
      const [made] = await ofMessage(messageId);
      const prompt = made?.prompt as PromptTurn[];
      expect([i, tokenizer.promptTokens(prompt).length]).toEqual([i, usage?.promptTokens]);
      turnsOf.push(prompt.length);
    }
    chat.close();
    await tokenizer.dispose();
    // It grows by a question and an answer, then stays as wide as the window.
    expect(turnsOf.slice(0, 2)).toEqual([2, 4]);
    expect(turnsOf[4]).toBeLessThan(10);
  });

  it('make a preference example with the prompt that was served', async () => {
    const { answerId } = await answered(database, 'What does a card cost?', 'It is free.');
    const { status, body } = await correct(answerId, { text: 'A card costs 7 euros.', slice: 'card fee' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ agent: 'Ada', example: { kind: 'preference', split: 'train', slice: 'card fee' } });
    const [made] = await ofMessage(answerId);
    expect(made).toMatchObject({
      completion: 'A card costs 7 euros.',
      rejected: 'It is free.',
      weight: 1,
      first_run_id: null,
    });
    expect(made?.prompt).toEqual([
      { role: 'system', content: expect.stringContaining('support assistant of a bank') },
      { role: 'user', content: 'What does a card cost?' },
    ]);
  });

  it('confirm the shown answer when they say the same', async () => {
    const { answerId } = await answered(database, 'Is there a fee abroad?', 'No  fee.');
    expect((await correct(answerId, { text: 'No fee.' })).body.example).toMatchObject({ kind: 'sft', rejected: null });
  });

  it('replace the older example of the message, but not one that a run has used', async () => {
    const { answerId } = await answered(database, 'When do you open?', 'At noon.');
    await correct(answerId, { text: 'At 8.' });
    await correct(answerId, { text: 'At 9.' });
    expect((await ofMessage(answerId)).map((row) => row.completion)).toEqual(['At 9.']);
    await markUsed(answerId);
    await correct(answerId, { text: 'At 10.' });
    expect((await ofMessage(answerId)).map((row) => row.completion).sort()).toEqual(['At 10.', 'At 9.']);
    await correct(answerId, { text: 'Never mind.', useForTraining: false });
    expect((await ofMessage(answerId)).map((row) => row.completion)).toEqual(['At 9.']);
    const kept = await database.query('SELECT 1 FROM corrections WHERE message_id = $1', [answerId]);
    expect(kept.rowCount).toBe(4);
  });

  it('count once when the same question got the same correction', async () => {
    const before = (await examples()).counts.total;
    const results = [];
    for (const question of ['Lost my PIN', 'lost  my pin ', 'LOST MY PIN']) {
      const { answerId } = await answered(database, question, 'Sorry.');
      results.push(await correct(answerId, { text: 'Use the app to get a new one.' }));
    }
    expect(results.map(({ body }) => body.example !== null)).toEqual([true, false, false]);
    expect((await examples()).counts.total).toBe(before + 1);
  });

  it('holds one of six out, also where each untagged question is a topic of its own', async () => {
    const texts = [
      'Where is my card?',
      'Is the office open?',
      'Who pays for tea?',
      'Can I bring a dog?',
      'Is it raining?',
      'What is a bond?',
    ];
    const splits = [];
    for (const text of texts) {
      const { answerId } = await answered(database, text, 'I do not know.');
      splits.push((await correct(answerId, { text: 'Ask Clara.' })).body.example?.split);
    }
    expect(splits.filter((split) => split === 'heldout')).toHaveLength(1);
  });

  it('hold out the 3rd and 9th of twelve of a slice, and a known question stays where it is', async () => {
    const splits = [];
    for (let n = 1; n <= 12; n++) {
      const question = await answered(database, `How do I top up, way ${n}?`, 'Hm.');
      // A thumb first, as customers do: it must not use up the slice's places.
      await rate(question, 'down');
      splits.push((await correct(question.answerId, { text: 'By card 4711.', slice: 'top up' })).body.example?.split);
    }
    expect(splits.flatMap((split, i) => (split === 'heldout' ? [i + 1] : []))).toEqual([3, 9]);
    const again = await answered(database, 'how do I top up, way 3?', 'Hm!');
    expect((await correct(again.answerId, { text: 'By card 4712.' })).body.example).toMatchObject({
      ...{ split: 'heldout', slice: 'top up' },
    });
  });

  it('are refused for questions, for unfinished answers, and without text', async () => {
    const { conversationId, questionId, answerId } = await answered(database, 'Q', 'A');
    expect(await correct(questionId, { text: 'x' })).toMatchObject({
      status: 400,
      body: { code: 'feedback.not_an_answer' },
    });
    const writing = await message(database, { conversationId, seq: 3, role: 'assistant', text: '', status: 'writing' });
    expect(await correct(writing, { text: 'x' })).toMatchObject({
      status: 409,
      body: { code: 'feedback.not_finished' },
    });
    expect(await correct(answerId, { text: '   ' })).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });
});

describe('ratings', () => {
  it('teach a little by thumbs up, mark an answer as bad by thumbs down, and nothing when taken back', async () => {
    const question = await answered(database, 'Can I pay by phone?', 'Yes, with the app.');
    expect(await rate(question, 'up')).toMatchObject({ status: 200, body: { raterKind: 'customer', value: 'up' } });
    expect(await ofMessage(question.answerId)).toMatchObject([{ kind: 'sft', weight: expect.closeTo(0.2) }]);
    expect(await rate(question, 'down', { reasons: ['wrong'], note: 'No app!' })).toMatchObject({
      body: { value: 'down', reasons: ['wrong'], note: 'No app!' },
    });
    expect(await ofMessage(question.answerId)).toMatchObject([{ kind: 'binary', desirable: false }]);
    expect(await rate(question, null)).toMatchObject({ status: 200, body: { value: null } });
    expect(await ofMessage(question.answerId)).toEqual([]);
  });

  it('leave a correction’s example alone', async () => {
    const question = await answered(database, 'How long is a refund?', 'A year.');
    await correct(question.answerId, { text: 'Ten days.' });
    await rate(question, 'down');
    expect(await ofMessage(question.answerId)).toMatchObject([{ kind: 'preference', completion: 'Ten days.' }]);
  });

  it('end in one row when sent several times at once', async () => {
    const question = await answered(database, 'Do you have offices?', 'Perhaps.');
    const sent = await Promise.all(Array.from({ length: 8 }, (_, i) => rate(question, i % 2 ? 'up' : 'down')));
    expect(sent.map(({ status }) => status)).toEqual(Array(8).fill(200));
    const { rows } = await database.query<Json>('SELECT * FROM ratings WHERE message_id = $1', [question.answerId]);
    expect(rows).toHaveLength(1);
    expect(await ofMessage(question.answerId)).toMatchObject([{ kind: rows[0]?.value === 'up' ? 'sft' : 'binary' }]);
  });

  it('need the agent’s token or the conversation’s own', async () => {
    const mine = await answered(database, 'Mine?', 'Yes.');
    const other = await answered(database, 'Other?', 'Yes.');
    expect(await rate({ ...mine, conversationToken: other.conversationToken }, 'up')).toMatchObject({
      ...{ status: 404, body: { code: 'feedback.foreign_message' } },
    });
    const path = `/api/v1/messages/${mine.answerId}/ratings`;
    expect(await rest.post(path, { body: { value: 'up' } })).toMatchObject({
      ...{ status: 401, body: { code: 'feedback.rater_unknown' } },
    });
    expect(await rest.post(path, { body: { value: 'down' }, token: service.agentToken })).toMatchObject({
      ...{ status: 200, body: { raterKind: 'agent', value: 'down' } },
    });
    expect(await rest.post(path, { body: { value: 'sideways' }, token: service.agentToken })).toMatchObject({
      status: 400,
    });
  });
});

describe('examples', () => {
  it('are counted and listed page by page, newest first', async () => {
    const { counts } = await examples();
    expect(counts.bySlice).toContainEqual({
      slice: 'top up',
      label: 'top up',
      total: 13,
      train: 10,
      heldout: 3,
      new: 13,
    });
    const first = await examples('?slice=top%20up&limit=10');
    const second = await examples(`?slice=top%20up&limit=10&before=${first.next}`);
    expect([first.examples.length, second.examples.length, second.next]).toEqual([10, 3, null]);
    expect(new Set([...first.examples, ...second.examples].map(({ id }) => id)).size).toBe(13);
    expect(first.examples[0]?.completion).toBe('By card 4712.');
    const heldout = await examples('?split=heldout&slice=top%20up');
    expect(heldout.examples.map(({ split }) => split)).toEqual(['heldout', 'heldout', 'heldout']);
    expect((await examples('?new=false')).examples.map(({ completion }) => completion)).toEqual(['At 9.']);
  });

  it('go with the conversation when a customer is erased', async () => {
    const { conversationId, answerId } = await answered(database, 'Forget me?', 'No.');
    await correct(answerId, { text: 'Yes.' });
    await database.query('DELETE FROM conversations WHERE id = $1', [conversationId]);
    expect(await ofMessage(answerId)).toEqual([]);
  });
});

async function markUsed(messageId: string): Promise<void> {
  await database.query(
    `WITH run AS (INSERT INTO training_runs (assistant_id, status, trigger)
      SELECT id, 'failed', 'request' FROM assistants WHERE slug = 'demo' RETURNING id)
    UPDATE examples SET first_run_id = run.id FROM run WHERE source_message_id = $1`,
    [messageId],
  );
}
