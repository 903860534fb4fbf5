// The memory of corrections on two real nodes: served at once and everywhere, not where it doesn't fit, gone when it must be,
// and retired when a version knows the answer.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { readAssets } from '../../src/setup/assets.js';
import { openChat, type ChatClient, type Done } from '../support/chat.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { restClient, type Json } from '../support/rest.js';
import { startService, temporaryFolder, type ServiceUnderTest } from '../support/service.js';
import { registerVersion } from '../support/versions.js';

/** What "at once" means. */
const SERVED_MS_MAX = 2_000;
const QUESTION = 'How do I locate my card?';
const PARAPHRASE = 'how can i locate my card';
const UNRELATED = 'What is the capital of France?';
const CORRECTION = 'Open the app, tap "Cards", then "Where is it?": desk seven tracks it.';

const { modelPath = '', modelSha256 = '' } = readAssets() ?? {};
let postgres: TestPostgres;
let client: pg.Client;
let dataDir: string;
let first: ServiceUnderTest;
let second: ServiceUnderTest;
let rest: ReturnType<typeof restClient>;
const open: ChatClient[] = [];

const start = (roles: string) => {
  const limits = { CHAT_MAX_ANSWER_TOKENS: '12', ENGINE_SLOTS: '2' };
  const shared = { DATABASE_URL: postgres.url, RETUNE_DATA: dataDir, AGENT_TOKEN: 'a'.repeat(20) };
  return startService({ ...shared, ...limits, MEMORY: 'true', RETUNE_ROLES: roles });
};
const chat = async (service: ServiceUnderTest) => {
  const made = await openChat(service.url);
  open.push(made);
  return made;
};
const ask = async (question: string, service = second) => (await chat(service)).answer(question);
const correct = (answer: Done, text: string) =>
  rest.post(`/api/v1/messages/${answer.messageId}/corrections`, { token: first.agentToken, body: { text } });
const entries = async () =>
  (await rest.get<{ entries: Json[]; counts: Json }>('/api/v1/assistants/demo/memory', { token: first.agentToken }))
    .body;
const verbatim = (entryId: unknown) => [{ entryId, score: expect.any(Number), use: 'verbatim' }];

beforeAll(async () => {
  postgres = await startPostgres();
  dataDir = await temporaryFolder();
  first = await start('web,worker');
  second = await start('web');
  rest = restClient(first.url);
  client = new pg.Client(postgres.url);
  await client.connect();
}, 240_000);

afterAll(async () => {
  open.forEach((each) => each.close());
  await client?.end();
  await Promise.all([first?.stop(), second?.stop()]);
  await postgres?.remove();
  rmSync(dataDir, { recursive: true, force: true });
});

it('is on, and says so', async () => {
  expect(await rest.get('/readyz')).toMatchObject({ body: { memory: { on: true, reason: null } } });
});

describe('a correction', () => {
  let entryId: string;
  let corrected: Done;

  it('answers a paraphrase on another node within 2 s, like any other answer', async () => {
    corrected = await ask(QUESTION, first);
    expect(corrected.memory).toEqual([]);
    const begin = Date.now();
    expect((await correct(corrected, CORRECTION)).status).toBe(201);
    await sleep(SERVED_MS_MAX - (Date.now() - begin));
    const { answer, deltas, history } = await chat(second);
    const done = await answer(PARAPHRASE);
    entryId = String((await entries()).entries[0]?.id);
    expect(done).toMatchObject({
      text: CORRECTION,
      finishReason: 'memory',
      adapterVersion: 0,
      memory: verbatim(entryId),
    });
    expect(done.usage).toEqual({ promptTokens: 0, completionTokens: 0 });
    expect(deltas.map(({ index }) => index)).toEqual(deltas.map((_, i) => i));
    expect(deltas.map(({ text }) => text).join('')).toBe(CORRECTION);
    expect((await history())[1]).toMatchObject({ status: 'complete', memory: done.memory });
  });

  it('does not answer another question', async () => {
    expect(await ask(UNRELATED)).toMatchObject({ memory: [] });
  });

  it('teaches nothing against itself when a customer dislikes it', async () => {
    const { answer, ask: emit } = await chat(second);
    const { messageId } = await answer(PARAPHRASE);
    expect(await emit('rating:set', { messageId, value: 'down' })).toMatchObject({ ok: true });
    const { rows } = await client.query('SELECT 1 FROM examples WHERE source_message_id = $1', [messageId]);
    expect(rows).toEqual([]);
  });

  it('is not served while what it teaches is held back', async () => {
    const hold = (status: string, reason: string | null) =>
      client.query(
        `UPDATE examples SET status = $1, quarantine_reason = $2 WHERE source_correction_id =
          (SELECT correction_id FROM memory_entries WHERE id = $3)`,
        [status, reason, entryId],
      );
    await hold('quarantined', 'burst');
    await sleep(500);
    expect((await ask(PARAPHRASE)).memory).toEqual([]);
    await hold('accepted', null);
    await sleep(500);
    expect((await ask(PARAPHRASE)).memory).toEqual(verbatim(entryId));
  });

  it('is switched off and on by an agent, on every node', async () => {
    const change = (state: string) =>
      rest.patch(`/api/v1/memory/${entryId}`, { token: first.agentToken, body: { state } });
    expect(await change('retired')).toMatchObject({ status: 200, body: { state: 'retired', retiredByVersion: null } });
    await sleep(500);
    expect((await ask(PARAPHRASE)).memory).toEqual([]);
    expect(await change('active')).toMatchObject({ status: 200, body: { state: 'active' } });
    await sleep(500);
    expect((await ask(PARAPHRASE)).memory).toEqual(verbatim(entryId));
  });

  it('gives way to a newer one of the same question', async () => {
    const again = await ask(` ${QUESTION.toUpperCase()}`, first);
    await correct(again, 'Desk eight tracks it now.');
    await sleep(500);
    expect(await ask(PARAPHRASE)).toMatchObject({ text: 'Desk eight tracks it now.' });
    expect(await entries()).toMatchObject({ counts: { active: 1, retired: 0 } });
  });

  it('is served without the personal data of whoever got it, or not at all', async () => {
    await correct(
      await ask(QUESTION, first),
      'Write to anna.schmidt@mail.example, your IBAN is DE89 3704 0044 0532 0130 00.',
    );
    await sleep(500);
    expect((await ask(PARAPHRASE)).memory).toEqual([]);
    expect(await entries()).toMatchObject({ counts: { active: 0, retired: 0 } });
    await correct(await ask(QUESTION, first), 'Dear Mrs Schmidt, desk nine tracks it.');
    await sleep(500);
    expect(await ask(PARAPHRASE)).toMatchObject({ text: 'Desk nine tracks it.', finishReason: 'memory' });
  });

  it('is no longer served once it is deleted, or its customer is erased', async () => {
    const [entry] = (await entries()).entries;
    const gone = await rest.delete(`/api/v1/memory/${String(entry?.id)}`, { token: first.agentToken });
    expect(gone.status).toBe(204);
    await sleep(500);
    expect((await ask(PARAPHRASE)).memory).toEqual([]);
    await correct(corrected, CORRECTION);
    await sleep(500);
    expect((await ask(PARAPHRASE)).text).toBe(CORRECTION);
    await client.query('DELETE FROM conversations WHERE id = (SELECT conversation_id FROM messages WHERE id = $1)', [
      corrected.messageId,
    ]);
    await sleep(500);
    expect((await ask(PARAPHRASE)).memory).toEqual([]);
  });
});

describe('a version that knows the answer', () => {
  const move = (path: string) =>
    rest.post(`/api/v1/assistants/demo/${path}`, { token: first.operatorToken, body: { reason: 'test' } });
  const settled = async (state: string) => {
    for (let i = 0; i < 60 && (await entries()).entries[0]?.state !== state; i++) await sleep(250);
    return (await entries()).entries[0];
  };

  it('retires its entry, and a rollback brings it back', async () => {
    await registerVersion(client, { dataDir, modelPath, modelSha256 }, 1);
    await move('adapter-versions/1/promote');
    const known = await ask(UNRELATED, first);
    await move('rollback');
    await correct(await ask(UNRELATED, first), known.text);
    await sleep(500);
    expect(await ask(UNRELATED, first)).toMatchObject({ text: known.text.trim(), finishReason: 'memory' });
    await move('adapter-versions/1/promote');
    expect(await settled('retired')).toMatchObject({ state: 'retired', retiredByVersion: 1 });
    await sleep(500);
    expect(await ask(UNRELATED, first)).toMatchObject({ text: known.text, memory: [], adapterVersion: 1 });
    await move('rollback');
    expect(await settled('active')).toMatchObject({ state: 'active', retiredByVersion: null });
  });
});
