// The consoles' socket: who is let in, what they hear of and what not, and a conversation watched while it is being written.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { openChat, type ChatClient } from '../support/chat.js';
import { openConsole, type ConsoleClient } from '../support/console-client.js';
import { FIRST_PASSWORD, people } from '../support/people.js';
import { restClient } from '../support/rest.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

let service: ServiceUnderTest;
let rest: ReturnType<typeof restClient>;
let database: pg.Client;
const open: { close: () => void }[] = [];
const opened = <T extends { close: () => void }>(client: T): T => {
  open.push(client);
  return client;
};
const chat = async () => opened(await openChat(service.url));
const consoleOf = async (token: string, name?: string) => opened(await openConsole(service.url, { token, name }));
const watch = (client: ConsoleClient, { session }: ChatClient) =>
  client.ask<{ people: string[] }>('conversation:watch', { conversationId: session.conversationId });

beforeAll(async () => {
  service = await startService({ CHAT_MAX_ANSWER_TOKENS: '12', ADMIN_PASSWORD: FIRST_PASSWORD });
  rest = restClient(service.url);
  database = new pg.Client(service.databaseUrl);
  await database.connect();
  await database.query(`INSERT INTO assistants (slug, name, greeting) VALUES ('elsewhere', 'Elsewhere', 'Hi')`);
}, 240_000);

afterAll(async () => {
  open.forEach((client) => client.close());
  await database?.end();
  await service?.stop();
});

describe('the socket of consoles', () => {
  it('refuses as REST does: without a token, with a wrong one, with one of somebody who has no role', async () => {
    await expect(openConsole(service.url, {})).rejects.toMatchObject({ code: 'access.token_missing' });
    await expect(openConsole(service.url, { token: 'guess' })).rejects.toMatchObject({ code: 'access.token_unknown' });
    const { token } = await people(service.url).person('Nobody', []);
    await expect(openConsole(service.url, { token })).rejects.toMatchObject({ code: 'access.role_missing' });
    const kim = await consoleOf(service.agentToken, 'Kim');
    expect(await kim.ask('no:such')).toMatchObject({ ok: false, error: { code: 'event.unknown' } });
    expect(await kim.ask('conversation:watch', { conversationId: 1 })).toMatchObject({
      error: { code: 'payload.malformed' },
    });
    expect(await kim.ask('conversation:watch', { conversationId: randomUUID() })).toMatchObject({
      error: { code: 'access.not_found' },
    });
    expect(await kim.ask('token:renew', { token: 'guess' })).toMatchObject({ error: { code: 'access.token_unknown' } });
    expect(await kim.ask('token:renew', { token: service.agentToken })).toEqual({ ok: true });
  });

  it('streams a watched conversation as its customer hears it, and nothing after that', async () => {
    const [customer, kim] = [await chat(), await consoleOf(service.agentToken, 'Kim')];
    const { conversationId } = customer.session;
    expect(await watch(kim, customer)).toEqual({ ok: true, people: ['Kim'] });
    const { text, messageId } = await customer.answer('What is a bank?');
    await kim.hear('message:done', { messageId });
    const pieces = kim.heard.filter(({ event }) => event === 'message:delta').map(({ payload }) => payload);
    expect(pieces.every((piece) => piece.conversationId === conversationId && piece.messageId === messageId)).toBe(
      true,
    );
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    expect(await kim.hear('message:done', { role: 'customer' })).toMatchObject({ text: 'What is a bank?' });
    await customer.ask('typing:set', { isTyping: true });
    expect(await kim.hear('typing', { from: 'customer' })).toEqual({
      conversationId,
      from: 'customer',
      isTyping: true,
    });
    await kim.ask('conversation:unwatch', { conversationId });
    const heard = kim.heard.filter(({ event }) => event.startsWith('message:')).length;
    await customer.answer('Thanks.');
    expect(kim.heard.filter(({ event }) => event.startsWith('message:'))).toHaveLength(heard);
  }, 60_000);

  it('shows the customer that the agent who took over is typing, and of no other', async () => {
    const [customer, kim, lee] = [
      await chat(),
      await consoleOf(service.agentToken, 'Kim'),
      await consoleOf(service.agentToken, 'Lee'),
    ];
    const { conversationId } = customer.session;
    const seen: object[] = [];
    customer.socket.on('typing', (typing: object) => seen.push(typing));
    await watch(kim, customer);
    const as = { token: service.agentToken, headers: { 'x-retune-actor': 'Kim' } };
    await rest.post(`/api/v1/conversations/${conversationId}/take-over`, as);
    expect(await kim.hear('handover')).toEqual({ conversationId, state: 'agent', agentName: 'Kim' });
    await lee.ask('typing', { conversationId, isTyping: true });
    await kim.hear('typing', { agentName: 'Lee' });
    await kim.ask('typing', { conversationId, isTyping: true });
    await customer.until(() => seen.length > 0);
    expect(seen).toEqual([{ from: 'agent', agentName: 'Kim', isTyping: true }]);
  });

  it('says who looks, once a person, also to those who come later, and when they are gone', async () => {
    const [customer, kim, lee] = [
      await chat(),
      await consoleOf(service.agentToken, 'Kim'),
      await consoleOf(service.agentToken, 'Lee'),
    ];
    const { conversationId } = customer.session;
    const tab = await consoleOf(service.agentToken, 'Kim');
    await watch(kim, customer);
    await watch(tab, customer);
    await watch(lee, customer);
    await kim.hear('presence', { conversationId });
    const later = await consoleOf(service.agentToken, 'Max');
    expect(await later.hear('presence', { conversationId })).toEqual({ conversationId, people: ['Kim', 'Lee'] });
    tab.close();
    kim.close();
    const last = () => later.heard.filter(({ payload }) => payload.conversationId === conversationId).at(-1)?.payload;
    await customer.until(() => (last()?.people as string[] | undefined)?.length === 1);
    expect(last()).toEqual({ conversationId, people: ['Lee'] });
  });

  it('keeps no name of somebody who left while their look was still being answered', async () => {
    const [customer, lee] = [await chat(), await consoleOf(service.agentToken, 'Lee')];
    for (let i = 0; i < 5; i++) {
      const hasty = await consoleOf(service.agentToken, 'Hasty');
      void watch(hasty, customer).catch(() => undefined);
      // As soon as it is sent.
      setImmediate(() => hasty.close());
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await watch(lee, customer)).toEqual({ ok: true, people: ['Lee'] });
  });

  it('says what changed, to those who have a role for its assistant', async () => {
    const else_ = await people(service.url).person('Else', [{ assistant: 'elsewhere', role: 'agent' }]);
    const [kim, other] = [await consoleOf(service.agentToken, 'Kim'), await consoleOf(else_.token)];
    const customer = await chat();
    const { conversationId } = customer.session;
    const of = { assistant: 'demo', id: conversationId };
    expect(await watch(other, customer)).toMatchObject({ error: { code: 'access.not_found' } });
    const { messageId } = await customer.answer('Say yes.');
    await kim.hear('changed', { kind: 'message', ...of });
    await customer.ask('rating:set', { messageId, value: 'down' });
    await kim.hear('changed', { kind: 'rating', ...of });
    await customer.ask('handover:request');
    await kim.hear('changed', { kind: 'conversation', ...of });
    const operator = { token: service.operatorToken, body: { instructions: 'Answer briefly.', fewShot: [] } };
    await rest.post('/api/v1/assistants/demo/prompt-versions', operator);
    await kim.hear('changed', { kind: 'prompt', assistant: 'demo' });
    const named = other.heard.filter(({ payload }) => payload.assistant === 'demo' || payload.conversationId);
    expect(named).toEqual([]);
  }, 60_000);

  it('ends for somebody who is signed out', async () => {
    const { token } = await people(service.url).person('Gone', [{ assistant: 'demo', role: 'agent' }]);
    const gone = await consoleOf(token);
    await rest.delete('/api/v1/sessions', { token });
    await new Promise<void>((resolve) => gone.socket.once('disconnect', () => resolve()));
    await expect(openConsole(service.url, { token })).rejects.toMatchObject({ code: 'access.session_ended' });
  }, 30_000);
});
