// A person in the conversation: asked for, coming, writing, going; and an assistant that is silent meanwhile.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { openEmbedder } from '../../src/embedding/embedder.js';
import { readAssets } from '../../src/setup/assets.js';
import { openChat, type ChatClient, type Done, type HistoryEntry } from '../support/chat.js';
import { restClient, type Json } from '../support/rest.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

const CHATS = '/api/v1/conversations';
const LONG = 'Tell me a very long story about a bank.';
let service: ServiceUnderTest;
let rest: ReturnType<typeof restClient>;
const open: ChatClient[] = [];
const chat = async (auth: object = {}) => {
  const client = await openChat(service.url, { siteKey: 'demo', ...auth });
  open.push(client);
  return client;
};
const as = (name: string, body?: object) => ({ token: service.agentToken, headers: { 'x-retune-actor': name }, body });
const order = (client: ChatClient, what: string, name: string, body?: object) =>
  rest.post<Json>(`${CHATS}/${client.session.conversationId}/${what}`, as(name, body));
const states = ({ handovers }: ChatClient) => handovers.map(({ state }) => state);

beforeAll(async () => {
  service = await startService({ CHAT_MAX_ANSWER_TOKENS: '100' });
  rest = restClient(service.url);
}, 240_000);
afterAll(async () => {
  open.forEach((client) => client.close());
  await service?.stop();
});

describe('asking for a person', () => {
  it('is heard by every tab, can be taken back, and the assistant goes on until somebody comes', async () => {
    const client = await chat({ locale: 'de-at' });
    expect(client.session.handover).toEqual({ state: 'bot' });
    const { conversationId, token } = client.session;
    const tab = await chat({ conversationId, token });
    expect(await client.ask('handover:request')).toEqual({ ok: true, state: 'waiting' });
    expect(await client.ask('handover:request', {})).toEqual({ ok: true, state: 'waiting' });
    expect((await client.answer('Say yes.')).role).toBe('assistant');
    const waiting = await rest.get<{ conversations: Json[] }>(`${CHATS}?state=waiting&assistant=demo`, as('Kim'));
    expect(waiting.body.conversations).toMatchObject([
      { id: conversationId, state: 'waiting', locale: 'de-AT', identified: false, lastMessage: { seq: 2 } },
    ]);
    expect(await client.ask('handover:cancel', {})).toEqual({ ok: true, state: 'bot' });
    expect(await client.ask('handover:cancel', {})).toEqual({ ok: true, state: 'bot' });
    await tab.until(() => tab.handovers.length === 3);
    expect(states(tab)).toEqual(['bot', 'waiting', 'bot']);
  }, 60_000);

  it('is done by two thumbs down, counted anew after each handover', async () => {
    const client = await chat();
    const down = async (value = 'down') => {
      const { messageId } = await client.answer('Say yes.');
      await client.ask('rating:set', { messageId, value });
    };
    await down();
    await down('up');
    await down();
    await client.until(() => states(client).includes('waiting'));
    await client.ask('handover:cancel', {});
    await down();
    await rest.get(CHATS, as('Kim'));
    expect(states(client)).toEqual(['bot', 'waiting', 'bot']);
  }, 60_000);
});

describe('an agent who takes over', () => {
  it('silences the assistant in the middle of a word; what it still writes is thrown away', async () => {
    const client = await chat();
    await client.send(LONG);
    await client.send('And then?');
    await client.until(() => client.deltas.length > 3);
    const taken = await order(client, 'take-over', 'Kim', { reason: 'It is my bank.' });
    expect(taken).toMatchObject({ status: 200, body: { state: 'agent', agentName: 'Kim' } });
    await client.until(() => states(client).includes('agent'));
    const shown = client.deltas.map(({ text }) => text).join('');
    expect(client.done.map(({ seq, finishReason, text }) => [seq, finishReason, text])).toEqual([
      [2, 'handover', shown],
      [4, 'handover', ''],
    ]);
    const { length } = client.deltas;
    expect(await client.send('Who are you?')).toMatchObject({ ok: true, seq: 5 });
    const [first] = [
      await order(client, 'messages', 'Kim', { text: 'I am Kim.' }),
      await order(client, 'take-over', 'Kim'),
    ];
    expect(first).toMatchObject({ status: 201, body: { role: 'agent', seq: 6, agentName: 'Kim' } });
    const heard = await client.until(() => client.done.find(({ role }) => role === 'agent'));
    expect(heard).toMatchObject({ text: 'I am Kim.', agentName: 'Kim', seq: 6 });
    expect(client.handovers.at(-1)).toEqual({ state: 'agent', agentName: 'Kim' });
    const back = await order(client, 'hand-back', 'Kim');
    expect(back.body).toMatchObject({ state: 'bot', agentName: null });
    expect((await client.answer('Say yes.')).seq).toBe(8);
    // Late tokens would have come by now: the engine has answered something else since.
    const late = client.deltas.slice(length).filter(({ messageId }) => messageId !== client.done.at(-1)?.messageId);
    expect([late, client.errors]).toEqual([[], []]);
    const answers = client.done.filter(({ role }) => role === 'assistant');
    expect(answers.slice(0, 2).map(({ finishReason }) => finishReason)).toEqual(['handover', 'handover']);
    expect(answers.map(({ seq }) => seq)).toEqual([2, 4, 8]);
    const { body } = await rest.get<{ messages: HistoryEntry[] }>(
      `${CHATS}/${client.session.conversationId}/messages?after=1`,
      as('Kim'),
    );
    expect(body.messages.map(({ seq, role, status }) => `${seq} ${role} ${status}`)).toEqual([
      ...['2 assistant stopped', '3 customer complete', '4 assistant stopped', '5 customer complete'],
      ...['6 agent complete', '7 customer complete', '8 assistant complete'],
    ]);
    const detail = await rest.get<{ handoverChanges: Json[] }>(`${CHATS}/${client.session.conversationId}`, as('Kim'));
    expect(detail.body.handoverChanges).toMatchObject([
      { cause: 'hand_back', fromState: 'agent', toState: 'bot', actor: 'Kim' },
      { cause: 'take_over', fromState: 'bot', toState: 'agent', actor: 'Kim', reason: 'It is my bank.' },
    ]);
  }, 60_000);

  it('is one at a time, writes each message once, and nobody else does', async () => {
    const client = await chat();
    const orders = await Promise.all(['Kim', 'Lee', 'Max'].map((name) => order(client, 'take-over', name)));
    expect(orders.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const { agentName } = orders.find(({ status }) => status === 200)?.body as { agentName: string };
    expect(orders.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'conversation.taken' });
    const message = { text: 'Hello.', clientMessageId: randomUUID() };
    const twice = await Promise.all([1, 2].map(() => order(client, 'messages', agentName, message)));
    expect(twice[1]?.body).toEqual(twice[0]?.body);
    const other = await order(client, 'messages', 'Somebody', { text: 'Me, too.' });
    expect(other).toMatchObject({ status: 409, body: { code: 'conversation.not_yours' } });
    await client.until(() => client.done[0]);
    expect(client.done.map(({ text }: Done) => text)).toEqual(['Hello.']);
    const { conversationId, token } = client.session;
    expect((await chat({ conversationId, token })).session.handover).toEqual({ state: 'agent', agentName });
    expect(await client.ask('message:retry', { messageId: randomUUID() })).toMatchObject({
      error: { code: 'message.unknown' },
    });
  });

  it('needs an agent’s token and a conversation', async () => {
    const nowhere = `${CHATS}/${randomUUID()}`;
    expect((await rest.get(CHATS)).status).toBe(401);
    expect((await rest.post(`${nowhere}/take-over`)).status).toBe(401);
    for (const what of ['take-over', 'hand-back']) {
      expect((await rest.post(`${nowhere}/${what}`, as('Kim'))).body).toMatchObject({ code: 'conversation.unknown' });
    }
    expect((await rest.get(`${nowhere}/messages`, as('Kim'))).status).toBe(404);
    expect((await rest.post(`${nowhere}/messages`, as('Kim', { text: ' ' }))).status).toBe(400);
    expect((await rest.get(`${CHATS}?state=nobody`, as('Kim'))).status).toBe(400);
  });
});

describe('an assistant that does not know', () => {
  it('says so in the operator’s words and offers a person, where a question is about nothing it was taught', async () => {
    await teachCards();
    const body = { instructions: 'Answer briefly.', unknownAnswer: 'I do not know that.' };
    const made = await rest.post('/api/v1/assistants/demo/prompt-versions', { token: service.operatorToken, body });
    expect(made.body).toMatchObject({ unknownAnswer: 'I do not know that.' });
    const { answer } = await chat();
    expect((await answer('Hello there!')).finishReason).not.toBe('unknown');
    const unknown = await answer('Who won the football match yesterday evening?');
    expect(unknown).toMatchObject({ text: 'I do not know that.', finishReason: 'unknown', offersPerson: true });
    expect((await answer('When does my new card arrive?')).finishReason).not.toBe('unknown');
  }, 60_000);
});

/** As if fifty examples about cards had been taken in. */
async function teachCards(): Promise<void> {
  const { embeddingModel } = readAssets() ?? {};
  if (!embeddingModel) throw new Error('Run `npm run setup` first.');
  const embedder = await openEmbedder(embeddingModel, { threads: 1 });
  const [centre = new Float32Array()] = await embedder.embed(['When will my new card arrive?']);
  await embedder.close();
  const database = new pg.Client({ connectionString: service.databaseUrl });
  await database.connect();
  await database.query(
    `INSERT INTO slices (assistant_id, name, label, label_cosine, centroid, items)
    SELECT id, 'cards', 'cards', 1, $1, 50 FROM assistants WHERE slug = 'demo'`,
    [Buffer.from(centre.buffer)],
  );
  await database.end();
}
