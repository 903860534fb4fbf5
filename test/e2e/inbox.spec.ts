// The agents' inbox: where a conversation lies and how it moves, filters, search, pages, and notes that no customer reads.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openChat, type ChatClient } from '../support/chat.js';
import { FIRST_PASSWORD, people } from '../support/people.js';
import { restClient, type Json } from '../support/rest.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

interface Listed {
  conversations: Json[];
  next: string | null;
}

const CHATS = '/api/v1/conversations';
let service: ServiceUnderTest;
let rest: ReturnType<typeof restClient>;
let database: pg.Client;
const open: ChatClient[] = [];
const chat = async (auth: object = {}) => {
  const client = await openChat(service.url, { siteKey: 'demo', ...auth });
  open.push(client);
  return client;
};
const as = (name: string, body?: object) => ({ token: service.agentToken, headers: { 'x-retune-actor': name }, body });
const order = ({ session }: ChatClient, what: string, name: string, body?: object) =>
  rest.post<Json>(`${CHATS}/${session.conversationId}/${what}`, as(name, body));
const list = async (query: string, name = 'Kim') => (await rest.get<Listed>(`/api/v1/inbox?${query}`, as(name))).body;
const ids = async (query: string, name?: string) => (await list(query, name)).conversations.map(({ id }) => id);
/** Every place that a conversation is in, in Kim's view. */
const placesOf = async ({ session }: ChatClient) => {
  const places: string[] = [];
  for (const place of ['needs_human', 'assistant', 'mine', 'colleagues', 'closed'])
    if ((await ids(`place=${place}`)).includes(session.conversationId)) places.push(place);
  return places;
};

beforeAll(async () => {
  service = await startService({ CHAT_MAX_ANSWER_TOKENS: '8', ADMIN_PASSWORD: FIRST_PASSWORD });
  rest = restClient(service.url);
  database = new pg.Client(service.databaseUrl);
  await database.connect();
}, 240_000);

afterAll(async () => {
  open.forEach((client) => client.close());
  await database?.end();
  await service?.stop();
});

describe('the inbox', () => {
  it('has each conversation in one place, and moves it with what happens', async () => {
    const client = await chat();
    expect(await placesOf(client)).toEqual([]);
    await client.answer('Hello, is there a fee?');
    expect(await placesOf(client)).toEqual(['assistant']);
    await client.ask('handover:request');
    expect(await placesOf(client)).toEqual(['needs_human']);
    expect((await list('place=needs_human')).conversations[0]).toMatchObject({
      ...{ lastVersion: 0, lastRating: null, closedAt: null },
      waitingSince: expect.stringMatching(/^2/),
    });
    await order(client, 'take-over', 'Lee');
    expect(await placesOf(client)).toEqual(['colleagues']);
    await order(client, 'hand-back', 'Lee');
    await order(client, 'take-over', 'Kim');
    expect(await placesOf(client)).toEqual(['mine']);
    const counts = await rest.get<Json>('/api/v1/inbox/counts?assistant=demo', as('Kim'));
    expect(counts.body).toEqual({ needsHuman: 0, mine: 1 });
    expect((await order(client, 'close', 'Kim', { reason: 'Solved.' })).body).toMatchObject({
      ...{ state: 'bot', agentName: null, closedBy: 'Kim' },
    });
    expect(await placesOf(client)).toEqual(['closed']);
    expect((await order(client, 'close', 'Lee')).body).toMatchObject({ closedBy: 'Kim' });
    await order(client, 'reopen', 'Kim');
    expect(await placesOf(client)).toEqual(['assistant']);
    await order(client, 'close', 'Kim');
    await client.answer('One more thing.');
    expect(await placesOf(client)).toEqual(['assistant']);
    const { body } = await rest.get<{ handoverChanges: Json[] }>(
      `${CHATS}/${client.session.conversationId}`,
      as('Kim'),
    );
    expect(body.handoverChanges.map(({ cause }) => cause)).toEqual([
      ...['close', 'reopen', 'close', 'take_over', 'hand_back', 'take_over', 'request'],
    ]);
  }, 60_000);

  it('is filtered by version, thumb, assistant and words, and finds a customer by id', async () => {
    const client = await chat();
    const { conversationId } = client.session;
    const { messageId } = await client.answer('Do zebrafinches need a Überweisung?');
    await client.ask('rating:set', { messageId, value: 'down' });
    expect(await ids('place=assistant&rating=down')).toEqual([conversationId]);
    expect(await ids('place=assistant&rating=none')).not.toContain(conversationId);
    await client.ask('rating:set', { messageId, value: null });
    expect(await ids('place=assistant&rating=down')).toEqual([]);
    expect(await ids('place=assistant&version=0')).toContain(conversationId);
    expect(await ids('place=assistant&version=7')).toEqual([]);
    for (const q of ['zebrafinches', 'ZEBRA über', 'zebrafin need', conversationId]) {
      expect(await ids(`place=assistant&q=${encodeURIComponent(q)}`)).toEqual([conversationId]);
    }
    for (const q of ['zebra giraffe', "'; DROP TABLE messages; --", '& | ! ( )', '<->', 'demo:nobody']) {
      expect(await ids(`place=assistant&q=${encodeURIComponent(q)}`)).toEqual([]);
    }
    expect(await ids('place=assistant&assistant=demo&q=zebra')).toEqual([conversationId]);
    expect(await ids('place=assistant&assistant=elsewhere')).toEqual([]);
    for (const wrong of ['place=nowhere', 'place=mine&after=no', 'place=mine&version=-1', 'place=mine&q=%00']) {
      expect((await rest.get(`/api/v1/inbox?${wrong}`, as('Kim'))).status).toBe(400);
    }
  }, 60_000);

  it('is read page by page without a gap or a repetition, newest first, also where many are of one moment', async () => {
    await database.query(`INSERT INTO assistants (slug, name, greeting) VALUES ('shop', 'Shop', 'Hi')`);
    await database.query(`INSERT INTO conversations (assistant_id, token_hash, last_seq, last_message_at)
      SELECT id, 'none', 1, timestamptz '2026-01-01 10:00:00.123456+00' + (n / 4) * interval '1 microsecond'
      FROM assistants, generate_series(1, 23) AS n WHERE slug = 'shop'`);
    const { rows } = await database.query<{ id: string }>(`SELECT c.id FROM conversations c JOIN assistants a
      ON a.id = c.assistant_id WHERE a.slug = 'shop' ORDER BY last_message_at DESC, c.id DESC`);
    const read: unknown[] = [];
    let next: string | null = '';
    do {
      const page: Listed = await list(`place=assistant&assistant=shop&limit=5${next && `&after=${next}`}`);
      read.push(...page.conversations.map(({ id }) => id));
      next = page.next;
    } while (next !== null);
    expect(read).toEqual(rows.map(({ id }) => id));
    // Who has a role for one assistant sees nothing of the others.
    const { token } = await people(service.url).person('Sue', [{ assistant: 'shop', role: 'agent' }]);
    const { body } = await rest.get<Listed>('/api/v1/inbox?place=assistant&limit=200', { token });
    expect(body.conversations.map(({ id }) => id)).toEqual(read);
  });
});

describe('private notes', () => {
  it('are read by agents alone, in order, and make no message and no part of a prompt', async () => {
    const client = await chat();
    await client.answer('Hello.');
    const { conversationId } = client.session;
    expect((await order(client, 'notes', 'Kim', { text: ' ' })).status).toBe(400);
    expect((await order(client, 'notes', 'Kim', { text: 'Wants a refund.' })).status).toBe(201);
    await order(client, 'notes', 'Lee', { text: 'Granted it.' });
    const { body } = await rest.get<{ notes: Json[] }>(`${CHATS}/${conversationId}/notes`, as('Kim'));
    expect(body.notes.map(({ author, text }) => `${String(author)}: ${String(text)}`)).toEqual([
      ...['Kim: Wants a refund.', 'Lee: Granted it.'],
    ]);
    const [before] = client.done.filter(({ role }) => role === 'assistant');
    const after = await client.answer('Hello.');
    const history = await client.history();
    expect(history.map(({ role }) => role)).toEqual(['customer', 'assistant', 'customer', 'assistant']);
    // The second prompt is the first, its answer and the same question again: nothing that a note could be.
    expect(after.usage?.promptTokens).toBeLessThan((before?.usage?.promptTokens ?? 0) + 40);
    expect(JSON.stringify([history, client.done])).not.toContain('refund');
    const audit = await database.query<{ after: Json }>(`SELECT after FROM audit_entries WHERE action = 'note.write'`);
    expect(audit.rows).toHaveLength(2);
    expect(JSON.stringify(audit.rows)).not.toContain('refund');
  }, 60_000);
});
