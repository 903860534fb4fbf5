// What chats lose when things die: nothing that was acknowledged. The process is killed, ended in order, and Postgres goes away.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { openChat, until, type ChatClient, type HistoryEntry } from '../support/chat.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { startService, temporaryFolder, type ServiceUnderTest } from '../support/service.js';

const LONG = 'Tell me a very long story about a bank.';
let postgres: TestPostgres;
let dataDir: string;
let service: ServiceUnderTest;
const open: ChatClient[] = [];
const start = (env: Record<string, string> = {}) =>
  startService({ DATABASE_URL: postgres.url, RETUNE_DATA: dataDir, CHAT_MAX_ANSWER_TOKENS: '200', ...env });
const chat = async (auth?: object) => {
  const made = await openChat(service.url, auth);
  open.push(made);
  return made;
};
const again = ({ session: { conversationId, token } }: ChatClient) => chat({ siteKey: 'demo', conversationId, token });

beforeAll(async () => {
  postgres = await startPostgres();
  dataDir = await temporaryFolder();
  service = await start();
}, 240_000);
afterAll(async () => {
  open.forEach((each) => each.close());
  await service?.stop();
  await postgres?.remove();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('a killed process', () => {
  it('loses nothing that was acknowledged; what it was writing counts as interrupted', async () => {
    const clients = await Promise.all([chat(), chat(), chat()]);
    const [finished, writing, waiting] = clients;
    const done = await finished.answer('Say yes.');
    await writing.send(LONG);
    await writing.until(() => writing.deltas.length > 3);
    await Promise.all([waiting.send(LONG), waiting.send('And you?')]);
    process.kill(service.pid, 'SIGKILL');
    await until(() => !writing.socket.connected);
    await service.stop();
    service = await start();
    const kept = await Promise.all(clients.map(async (client) => (await again(client)).history()));
    const states = (messages: HistoryEntry[] = []) => messages.map(({ role, status }) => `${role} ${status}`);
    expect(kept[0]?.[1]).toMatchObject({ messageId: done.messageId, text: done.text, status: 'complete' });
    expect(states(kept[1])).toEqual(['customer complete', 'assistant interrupted']);
    expect(states(kept[2]).slice(0, 2)).toEqual(['customer complete', 'assistant interrupted']);
    expect(kept[2]?.filter(({ role }) => role === 'customer').map(({ text }) => text)).toEqual([LONG, 'And you?']);
    const back = await again(writing);
    const messageId = kept[1]?.[1]?.messageId ?? '';
    expect(await back.ask('message:retry', { messageId })).toEqual({ ok: true, messageId, seq: 2 });
    await back.until(() => back.deltas.length > 3);
    expect(back.deltas[0]).toMatchObject({ messageId, index: 0 });
    await back.ask('message:stop', { messageId });
    await back.until(() => back.done[0]);
    expect((await back.answer('Are you back?')).text).not.toBe('');
  }, 240_000);
});

describe('a process that is ended in order', () => {
  it('lets a running answer finish, takes no new one, and keeps all', async () => {
    const writing = await chat();
    const other = await chat();
    await writing.send(LONG);
    await writing.until(() => writing.deltas.length > 0);
    const stopped = service.stop();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await other.send('May I still?')).toMatchObject({ ok: false, error: { code: 'chat.stopping' } });
    await stopped;
    service = await start();
    const [, answer] = await (await again(writing)).history();
    const shown = writing.deltas.map(({ text }) => text).join('');
    expect(['complete', 'interrupted']).toContain(answer?.status);
    expect(answer?.text.startsWith(shown)).toBe(true);
  }, 240_000);
});

describe('Postgres away', () => {
  it('is said in acks and at the handshake, and when it is back chats go on', async () => {
    const client = await chat();
    await client.answer('Hi');
    await postgres.pause();
    const unavailable = { ok: false, error: { code: 'database.unavailable' } };
    expect(await client.send('Are you there?')).toMatchObject(unavailable);
    expect(await client.ask('history:get', {})).toMatchObject(unavailable);
    await expect(chat()).rejects.toMatchObject({ code: 'database.unavailable' });
    await postgres.resume();
    const done = await untilAnswered(client);
    expect(done.text).not.toBe('');
    const texts = (await client.history()).filter(({ role }) => role === 'customer').map(({ text }) => text);
    expect(texts).toEqual(['Hi', 'And now?']);
  }, 120_000);

  it('in the middle of an answer is bridged: the answer is kept when Postgres is back', async () => {
    const client = await chat();
    await client.send(LONG);
    await client.until(() => client.deltas.length > 3);
    await postgres.pause();
    const { length } = client.deltas;
    await client.until(() => client.deltas.length > length + 3);
    await postgres.resume();
    const done = await client.until(() => client.done[0]);
    expect(done.text).toBe(client.deltas.map(({ text }) => text).join(''));
    expect((await client.history())[1]).toMatchObject({ text: done.text, status: 'complete' });
  }, 120_000);
});

describe('too many answers at once', () => {
  it('are refused before the message is taken', async () => {
    await service.stop();
    service = await start({ ENGINE_SLOTS: '1', CHAT_MAX_QUEUED: '1' });
    const [one, two, three] = await Promise.all([chat(), chat(), chat()]);
    expect([await one.send(LONG), await two.send(LONG)]).toMatchObject([{ ok: true }, { ok: true }]);
    expect(await three.send('Hi')).toMatchObject({ ok: false, error: { code: 'chat.busy' } });
    expect(await three.history()).toEqual([]);
    await two.until(() => two.done[0]);
    expect(await three.send('Hi')).toMatchObject({ ok: true });
  }, 240_000);
});

/** Asks again until the database is back. */
async function untilAnswered(client: ChatClient) {
  for (;;) {
    const ack = await client.send('And now?');
    if (ack.ok) return client.until(() => client.done.find(({ seq }) => seq === ack.seq + 1));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
