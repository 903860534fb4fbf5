// Who may talk, and who they are: site keys with their websites, and customers whom a website vouches for.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { io } from 'socket.io-client';
import { openChat, type ChatClient, type Refusal } from '../support/chat.js';
import { restClient } from '../support/rest.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

const KEYS = '/api/v1/assistants/demo/site-keys';
interface SiteKey {
  id: string;
  key: string;
  origins: string[];
  anyOrigin: boolean;
  secret: string;
}
let service: ServiceUnderTest;
let rest: ReturnType<typeof restClient>;
let operator: { token: string };
let shop: SiteKey;
const open: ChatClient[] = [];
const chat = async (auth: object, headers?: Record<string, string>) => {
  const client = await openChat(service.url, auth, headers);
  open.push(client);
  return client;
};
const madeKey = async (fields: object) => (await rest.post<SiteKey>(KEYS, { ...operator, body: fields })).body;

/** What a website's server makes: a JWT by nothing but its definition. */
function identityOf(sub: string, { key, secret }: SiteKey, claims: object = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const parts = [
    { alg: 'HS256', typ: 'JWT' },
    { sub, aud: key, iat: now, exp: now + 60, ...claims },
  ];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
const enter = (sub: string, more: object = {}, siteKey = shop) =>
  chat({ siteKey: siteKey.key, identity: identityOf(sub, siteKey), ...more });

beforeAll(async () => {
  service = await startService({ CHAT_MAX_ANSWER_TOKENS: '8' });
  rest = restClient(service.url);
  operator = { token: service.operatorToken };
  shop = await madeKey({ name: 'Shop' });
}, 240_000);
afterAll(async () => {
  open.forEach((client) => client.close());
  await service?.stop();
});

describe('site keys', () => {
  it('show their secret once, are the operator’s alone, and every change is kept', async () => {
    const made = await rest.post<SiteKey>(KEYS, { ...operator, body: { name: 'A', origins: ['https://A.example/'] } });
    expect(made).toMatchObject({ status: 201, body: { origins: ['https://a.example'], anyOrigin: false } });
    const { id, key, secret } = made.body;
    expect(secret).toMatch(/^sks_[\w-]{43}$/);
    const list = await rest.get<{ siteKeys: SiteKey[] }>(KEYS, operator);
    expect(list.body.siteKeys.map(({ key: each }) => each)).toEqual(['demo', shop.key, key]);
    expect(JSON.stringify(list.body)).not.toContain('sks_');
    expect((await rest.get(KEYS, { token: service.agentToken })).status).toBe(403);
    expect((await rest.post(KEYS, { ...operator, body: { name: 'B', origins: ['a.example/x'] } })).status).toBe(400);
    await rest.patch(`${KEYS}/${id}`, { ...operator, body: { origins: [] } });
    await rest.post(`${KEYS}/${id}/rotate`, operator);
    expect((await rest.delete(`${KEYS}/${id}`, operator)).status).toBe(204);
    expect((await rest.delete(`${KEYS}/${id}`, operator)).body).toMatchObject({
      status: 404,
      code: 'site.unknown_key',
    });
    const { body } = await rest.get<{ changes: { action: string; actor: string }[] }>(`${KEYS}/changes`, operator);
    expect(body.changes.slice(0, 4).map(({ action }) => action)).toEqual(['delete', 'rotate', 'change', 'create']);
    expect(JSON.stringify(body)).not.toContain('sks_');
  });

  it('let only their websites in, by WebSocket and by HTTP', async () => {
    const { key } = await madeKey({ name: 'Listed', origins: ['https://shop.example'] });
    const refused = { code: 'site.origin_refused' };
    const from = (origin?: string) => chat({ siteKey: key }, origin === undefined ? {} : { origin });
    expect((await from('https://shop.example')).session.assistant.slug).toBe('demo');
    await expect(from('https://evil.example')).rejects.toMatchObject(refused);
    await expect(from()).rejects.toMatchObject(refused);
    const polling = (origin: string) =>
      new Promise<string>((resolve) => {
        const how = { transports: ['polling'], extraHeaders: { origin }, forceNew: true, reconnection: false };
        const socket = io(`${service.url}/chat`, { auth: { siteKey: key }, ...how });
        const end = (how: string) => (socket.close(), resolve(how));
        socket.once('session', () => end('in'));
        socket.once('connect_error', (error: Error & { data?: Refusal }) => end(error.data?.code ?? error.message));
      });
    expect(await polling('https://evil.example')).toBe('site.origin_refused');
    expect(await polling('https://shop.example')).toBe('in');
    expect((await chat({ siteKey: 'demo' }, { origin: 'https://anywhere.example' })).session.identified).toBe(false);
  });

  it('end for who is connected, too, when they are deleted', async () => {
    const { key, id } = await madeKey({ name: 'Brief' });
    const client = await chat({ siteKey: key });
    await rest.delete(`${KEYS}/${id}`, operator);
    expect(await client.send('Hi')).toMatchObject({ error: { code: 'auth.unknown_site_key' } });
    await expect(chat({ siteKey: key })).rejects.toMatchObject({ code: 'auth.unknown_site_key' });
  });
});

describe('an identified customer', () => {
  it('has one conversation on every device, without a token, and can be erased by their id', async () => {
    const phone = await enter('ann');
    const { conversationId, token, identified } = phone.session;
    expect({ token, identified }).toEqual({ token: '', identified: true });
    await phone.answer('Hello');
    const laptop = await enter('ann');
    expect(laptop.session.conversationId).toBe(conversationId);
    expect(await laptop.history()).toHaveLength(2);
    expect((await enter('bob')).session.conversationId).not.toBe(conversationId);
    const erased = await rest.delete(`/api/v1/customers/${encodeURIComponent(`${shop.key}:ann`)}`, operator);
    expect(erased).toMatchObject({ status: 200, body: { conversations: 1, messages: 2 } });
    expect((await enter('ann')).session.conversationId).not.toBe(conversationId);
  });

  it('is nobody else: not by a token, not by another identity, not by another site’s', async () => {
    const { session } = await enter('cat');
    const { conversationId } = session;
    const unknown = { code: 'auth.unknown_conversation' };
    for (const token of ['', 'guess', conversationId]) {
      await expect(chat({ siteKey: shop.key, conversationId, token })).rejects.toMatchObject(unknown);
    }
    await expect(enter('dan', { conversationId })).rejects.toMatchObject(unknown);
    const other = await madeKey({ name: 'Other' });
    await expect(enter('cat', { conversationId }, other)).rejects.toMatchObject(unknown);
    expect((await enter('cat', { conversationId })).session.conversationId).toBe(conversationId);
  });

  it('is never merged with the anonymous customer they were before', async () => {
    const anonymous = await chat({ siteKey: shop.key });
    const { conversationId, token } = anonymous.session;
    await expect(enter('eve', { conversationId, token })).rejects.toMatchObject({ code: 'auth.unknown_conversation' });
    const identity = identityOf('eve', shop);
    expect(await anonymous.ask('identity:set', { identity })).toMatchObject({ error: { code: 'identity.invalid' } });
    expect((await enter('eve')).session.conversationId).not.toBe(conversationId);
    expect((await chat({ siteKey: shop.key, conversationId, token })).session.identified).toBe(false);
  });

  it('is checked at the handshake', async () => {
    const now = Math.floor(Date.now() / 1000);
    const withIdentity = (identity: string, siteKey = shop.key) => chat({ siteKey, identity });
    const invalid = { code: 'identity.invalid' };
    await expect(withIdentity(identityOf('x', { ...shop, secret: 'wrong' }))).rejects.toMatchObject(invalid);
    await expect(withIdentity(identityOf('x', shop, { exp: now + 3_600 }))).rejects.toMatchObject(invalid);
    await expect(withIdentity(identityOf('x', shop), 'demo')).rejects.toMatchObject(invalid);
    await expect(withIdentity(identityOf('x', shop, { iat: now - 90, exp: now - 30 }))).rejects.toMatchObject({
      code: 'identity.expired',
    });
  });

  it('is checked at each write, and may renew itself', async () => {
    const now = Math.floor(Date.now() / 1000);
    // Good for a moment: the clocks' difference that is forgiven, and then no more.
    const client = await chat({ siteKey: shop.key, identity: identityOf('fay', shop, { iat: now - 9, exp: now - 3 }) });
    expect(await client.send('Hello')).toMatchObject({ ok: true });
    const { messageId } = await client.until(() => client.done[0]);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const expired = { error: { code: 'identity.expired' } };
    expect(await client.send('Hello?')).toMatchObject(expired);
    expect(await client.ask('rating:set', { messageId, value: 'up' })).toMatchObject(expired);
    expect(await client.ask('handover:request')).toMatchObject(expired);
    expect(await client.ask('identity:set', { identity: identityOf('gus', shop) })).toMatchObject({
      error: { code: 'identity.invalid' },
    });
    expect(await client.ask('identity:set', { identity: identityOf('fay', shop) })).toEqual({ ok: true });
    expect(await client.send('Hello?')).toMatchObject({ ok: true });
  });

  it('stays one over a rotation of the secret, as long as the old one is good', async () => {
    const before = await madeKey({ name: 'Rotated' });
    const { session } = await enter('hal', {}, before);
    const rotate = (graceSeconds: number) =>
      rest.post<SiteKey>(`${KEYS}/${before.id}/rotate`, { ...operator, body: { graceSeconds } });
    const { body: after } = await rotate(600);
    expect(after.secret).not.toBe(before.secret);
    for (const key of [before, after]) {
      expect((await enter('hal', {}, key)).session.conversationId).toBe(session.conversationId);
    }
    await rotate(0);
    await expect(enter('hal', {}, after)).rejects.toMatchObject({ code: 'identity.invalid' });
  });
});
