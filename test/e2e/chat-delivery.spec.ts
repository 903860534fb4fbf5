// How chats reach people when there is much to do: the waiting line, limits, answers written again, and what was missed while away.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { openChat, type ChatClient, type SendAck } from '../support/chat.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

const LONG = 'Tell me a very long story about a bank.';
let service: ServiceUnderTest;
const open: ChatClient[] = [];
const chat = async (auth?: object, headers?: Record<string, string>) => {
  const client = await openChat(service.url, auth, headers);
  open.push(client);
  return client;
};
const again = ({ session: { conversationId, token } }: ChatClient) => chat({ siteKey: 'demo', conversationId, token });

beforeAll(async () => {
  service = await startService({
    ENGINE_SLOTS: '1',
    // Long enough to be waited for on a fast machine, even where it repeats itself and is drafted ahead.
    CHAT_CONTEXT_TOKENS: '8192',
    CHAT_MAX_ANSWER_TOKENS: '4096',
    TRUST_PROXY: 'loopback',
    CHAT_LIMIT_CONVERSATION: '8',
    CHAT_LIMIT_ADDRESS: '3',
    CHAT_LIMIT_CONNECTIONS: '4',
  });
}, 240_000);
afterAll(async () => {
  open.forEach((client) => client.close());
  await service?.stop();
});

describe('the waiting line', () => {
  it('tells who waits for two seconds their position, then its changes, and nothing after the first word', async () => {
    const [first, second, third] = await Promise.all([chat(), chat(), chat()]);
    const sent = await first.send(LONG);
    await first.until(() => first.deltas[0]);
    const [waiting] = [await second.send('Hi'), await third.send(LONG)];
    await third.until(() => third.queue.length > 0);
    expect(second.queue).toEqual([{ messageId: expect.any(String), position: 1 }]);
    expect(third.queue).toEqual([{ messageId: expect.any(String), position: 2 }]);
    expect([first.queue, second.deltas, waiting.ok, sent.ok]).toEqual([[], [], true, true]);
    const { messageId } = await first.until(() => first.deltas.at(-1));
    await first.ask('message:stop', { messageId });
    const answer = await second.until(() => second.done[0]);
    expect(second.queue[0]?.messageId).toBe(answer.messageId);
    expect(second.queue).toHaveLength(1);
    await third.until(() => third.deltas[0]);
    const told = third.queue.length;
    await third.ask('message:stop', { messageId: third.deltas[0]?.messageId });
    await third.until(() => third.done[0]);
    expect(third.queue).toHaveLength(told);
  }, 60_000);
});

describe('an answer that came to nothing', () => {
  it('is written again in its place, and never where it is complete, rated or somebody else’s', async () => {
    const client = await chat();
    await client.send(LONG);
    const { messageId } = await client.until(() => client.deltas[2]);
    expect(await client.ask('message:retry', { messageId })).toMatchObject({
      error: { code: 'message.not_retryable' },
    });
    await client.ask('message:stop', { messageId });
    const stopped = await client.until(() => client.done[0]);
    client.deltas.length = 0;
    expect(await client.ask('message:retry', { messageId })).toEqual({ ok: true, messageId, seq: stopped.seq });
    await client.until(() => client.deltas.length > 4);
    expect(client.deltas.slice(0, 3).map(({ index }) => index)).toEqual([0, 1, 2]);
    await client.ask('message:stop', { messageId });
    const written = await client.until(() => client.done[1]);
    expect(written).toMatchObject({
      messageId,
      seq: stopped.seq,
      text: client.deltas.map(({ text }) => text).join(''),
    });
    expect((await client.history()).map(({ seq, text }) => [seq, text])).toEqual([
      [1, LONG],
      [2, written.text],
    ]);
    expect(await (await chat()).ask('message:retry', { messageId })).toMatchObject({
      error: { code: 'message.unknown' },
    });
    await client.ask('rating:set', { messageId, value: 'down' });
    expect(await client.ask('message:retry', { messageId })).toMatchObject({
      error: { code: 'message.not_retryable' },
    });
  }, 60_000);
});

describe('a client that was away', () => {
  it('gets by history what was written meanwhile, and its repeated sends are one', async () => {
    const first = await chat();
    const clientMessageId = randomUUID();
    const ack = await first.send('Say yes.', clientMessageId);
    first.close();
    const other = await again(first);
    await other.until(() => other.done[0]);
    const second = await other.send('Say no.');
    const back = await again(first);
    expect(await back.send('Say yes.', clientMessageId)).toEqual(ack);
    await back.until(() => back.done.find(({ role }) => role === 'assistant') ?? other.done[1]);
    const missed = await back.history(ack.ok ? ack.seq : 0);
    expect(missed.map(({ seq, role, status }) => [seq, role, status])).toEqual([
      [2, 'assistant', 'complete'],
      [3, 'customer', 'complete'],
      [4, 'assistant', 'complete'],
    ]);
    expect(second).toMatchObject({ ok: true, seq: 3 });
  }, 60_000);
});

describe('limits', () => {
  const limited = { code: 'rate.limited', retryAfterMs: expect.any(Number) };

  it('of a conversation, by the minute', async () => {
    const { ask, send } = await chat();
    // Refused for its text, but counted all the same: it is the asking that costs.
    const bad = { clientMessageId: randomUUID(), text: '' };
    const refusals = [];
    for (let i = 0; i < 8; i++) refusals.push(await ask('message:send', bad));
    expect(refusals).toEqual(Array(8).fill(expect.objectContaining({ ok: false })));
    expect(await send('Hi')).toMatchObject({ ok: false, error: limited });
    expect(await ask('history:get', {})).toEqual({ ok: true, messages: [] });
  });

  it('of an address, which a proxy of ours says and nobody else; then also of its connections', async () => {
    const from = (address: string) => chat(undefined, { 'x-forwarded-for': address });
    const [one, two] = await Promise.all([from('203.0.113.7'), from('203.0.113.7')]);
    const acks = [await one.send('a'), await two.send('b'), await one.send('c')];
    expect(acks.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(await two.send('d')).toMatchObject({ ok: false, error: limited });
    expect(await (await from('203.0.113.8')).send('e')).toMatchObject({ ok: true });
    await Promise.all([from('198.51.100.1, 203.0.113.7'), from('203.0.113.7')]);
    await expect(from('203.0.113.7')).rejects.toMatchObject(limited);
    const stop = (client: ChatClient, ack: SendAck | undefined) =>
      client.ask('message:stop', { messageId: ack?.ok && ack.messageId });
    await Promise.all([stop(one, acks[0]), stop(two, acks[1]), stop(one, acks[2])]);
  }, 60_000);
});
