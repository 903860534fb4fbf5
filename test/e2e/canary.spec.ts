// A rollout on the real service: conversations stay with their version, bad ratings bring the champion back with
// a reason in the audit, nothing is lost by a restart, and people decide whenever they like.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import pg from 'pg';
import { readAssets } from '../../src/setup/assets.js';
import { openChat, type ChatClient } from '../support/chat.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { restClient, type Json } from '../support/rest.js';
import { startService, temporaryFolder, type ServiceUnderTest } from '../support/service.js';
import { registerVersion } from '../support/versions.js';

const { modelPath = '', modelSha256 = '' } = readAssets() ?? {};
/** Chats at a time; the engine has as many slots. */
const TOGETHER = 8;
/** Bad thumbs at half of the conversations end a canary within fewer. */
const CONVERSATIONS_MAX = 64;
const END_MS_MAX = 15_000;

let postgres: TestPostgres;
let client: pg.Client;
let service: ServiceUnderTest;
let dataDir: string;
const open: ChatClient[] = [];
const env = { CHAT_MAX_ANSWER_TOKENS: '4', CANARY_QUIET_SECONDS: '0' };

const start = async () => startService({ ...env, DATABASE_URL: postgres.url, RETUNE_DATA: dataDir });
const chat = async (auth?: object) => {
  const made = await openChat(service.url, auth);
  open.push(made);
  return made;
};

beforeAll(async () => {
  postgres = await startPostgres();
  dataDir = await temporaryFolder();
  service = await start();
  client = new pg.Client(postgres.url);
  await client.connect();
  for (const version of [1, 2]) await registerVersion(client, { dataDir, modelPath, modelSha256 }, version);
}, 240_000);

afterAll(async () => {
  open.forEach((each) => each.close());
  await client?.end();
  await service?.stop();
  await postgres?.remove();
  rmSync(dataDir, { recursive: true, force: true });
});

const options = (body?: Json) => ({
  token: service.operatorToken,
  headers: { 'x-retune-actor': 'Olga' },
  ...(body && { body }),
});
const post = (path: string, body: Json) =>
  restClient(service.url).post(`/api/v1/assistants/demo/${path}`, options(body));
const get = async <T>(path: string) => (await restClient(service.url).get<T>(`/api/v1/${path}`, options())).body;
const audit = async () => (await get<{ deployments: Json[] }>('audit?assistant=demo')).deployments;
const detail = (id: unknown) => get<Json & { evidence: Json }>(`assistants/demo/rollouts/${String(id)}`);
const order = (id: unknown, what: string) => post(`rollouts/${String(id)}/${what}`, { reason: 'as we like' });

interface Asked {
  conversation: ChatClient;
  messageId: string;
  version: number | null;
}
const ask = async (auth?: object): Promise<Asked> => {
  const conversation = await chat(auth);
  const { messageId, adapterVersion } = await conversation.answer('Hi');
  return { conversation, messageId, version: adapterVersion };
};
const askMany = () => Promise.all(Array.from({ length: TOGETHER }, () => ask()));
const rate = ({ conversation, messageId, version }: Asked) =>
  conversation.ask('rating:set', { messageId, value: version === 1 ? 'down' : 'up' });
const onceRolled = async (id: unknown) => {
  for (const endMs = Date.now() + END_MS_MAX; Date.now() < endMs;) {
    const rollout = await detail(id);
    if (rollout.state === 'rolled_back') return rollout;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`It was not rolled back: ${JSON.stringify(await detail(id))}`);
};

describe('a canary that customers dislike', () => {
  it('keeps its conversations, over a restart too, and is rolled back by their thumbs', async () => {
    const before = await ask();
    const { status, body } = await post('adapter-versions/1/canary', { steps: [50], reason: 'try it' });
    expect({ status, body }).toMatchObject({ status: 201, body: { state: 'running', percent: 50, fromVersion: 0 } });
    expect(await post('adapter-versions/2/canary', { reason: 'r' })).toMatchObject({
      ...{ status: 409, body: { code: 'adapters.canary_running' } },
    });

    let asked = [...(await askMany()), ...(await askMany())];
    const versions = asked.map(({ version }) => version);
    expect(new Set(versions)).toEqual(new Set([0, 1]));

    // A node that knows nothing yet, and clients that come back: every conversation goes on with its version.
    open.splice(0).forEach((each) => each.close());
    await service.stop();
    service = await start();
    asked = await Promise.all(
      asked.map(({ conversation: { session } }) =>
        ask({ siteKey: 'demo', conversationId: session.conversationId, token: session.token }),
      ),
    );
    expect(asked.map(({ version }) => version)).toEqual(versions);
    // One that had its version before the rollout keeps that, and counts for nothing.
    const { conversationId, token } = before.conversation.session;
    expect((await ask({ siteKey: 'demo', conversationId, token })).version).toBe(0);

    await Promise.all(asked.map(rate));
    let rollout = await detail(body.id);
    while (rollout.state === 'running' && asked.length < CONVERSATIONS_MAX) {
      const more = await askMany();
      await Promise.all(more.map(rate));
      asked.push(...more);
      rollout = await detail(body.id);
    }
    rollout = await onceRolled(body.id);
    expect(rollout).toMatchObject({ state: 'rolled_back', actor: 'canary', evidence: { ratings: { threshold: 25 } } });
    const [newest] = await audit();
    expect(newest).toMatchObject({ action: 'canary_rollback', fromVersion: 1, toVersion: 0, actor: 'canary' });
    expect(newest?.reason).toMatch(/Version 1 is worse than version 0: 0 % \(of \d+\) against 100 % \(of \d+\)/);

    // At once, in every open conversation, the champion answers again; and no message failed.
    const again = await Promise.all(asked.slice(0, TOGETHER).map(({ conversation }) => conversation.answer('And?')));
    expect(again.map(({ adapterVersion }) => adapterVersion)).toEqual(again.map(() => 0));
    expect(open.flatMap(({ errors }) => errors)).toEqual([]);
    expect(await post('adapter-versions/1/promote', { reason: 'r' })).toMatchObject({
      body: { code: 'adapters.rejected' },
    });
  }, 240_000);
});

describe('an operator', () => {
  it('pauses, resumes, steps up, aborts, promotes, and everything is in the audit', async () => {
    const steps = [20, { percent: 60, manual: true }];
    const begin = async () => (await post('adapter-versions/2/canary', { steps, reason: 'try' })).body.id;
    const first = await begin();
    expect(await order(first, 'pause')).toMatchObject({ status: 200, body: { state: 'paused', actor: 'Olga' } });
    expect(new Set((await askMany()).map(({ version }) => version))).toEqual(new Set([0]));
    expect(await order(first, 'pause')).toMatchObject({ status: 409, body: { code: 'adapters.rollout_state' } });
    expect(await order(first, 'resume')).toMatchObject({ body: { state: 'running', percent: 20 } });
    expect(await order(first, 'continue')).toMatchObject({ body: { state: 'running', percent: 60, step: 1 } });
    expect(await detail(first)).toMatchObject({
      summary: expect.stringContaining('Not enough data yet') as unknown,
      evidence: { ratings: { interval: [-1, 1], difference: null } },
    });
    expect(await order(first, 'abort')).toMatchObject({ body: { state: 'aborted' } });
    const second = await begin();
    expect(await order(second, 'promote')).toMatchObject({ status: 200, body: { state: 'promoted' } });
    expect((await ask()).version).toBe(2);
    expect((await audit()).slice(0, 7).map(({ action }) => action)).toEqual([
      ...['promote', 'canary_start', 'canary_abort', 'canary_step', 'canary_resume', 'canary_pause', 'canary_start'],
    ]);
  }, 120_000);

  it('ends a rollout by moving the champion by hand, and erasing a conversation leaves its number only', async () => {
    await registerVersion(client, { dataDir, modelPath, modelSha256 }, 3);
    const { id } = (await post('adapter-versions/3/canary', { steps: [50], reason: 'try' })).body;
    const [one] = await askMany();
    const { conversationId } = one?.conversation.session ?? {};
    await client.query('DELETE FROM messages WHERE conversation_id = $1', [conversationId]);
    await client.query('DELETE FROM conversations WHERE id = $1', [conversationId]);
    const { conversations } = (await detail(id)).evidence as { conversations: Record<string, number> };
    expect((conversations.canary ?? 0) + (conversations.control ?? 0)).toBe(TOGETHER);
    expect(await post('rollback', { toVersion: 0, reason: 'enough' })).toMatchObject({ status: 200 });
    expect(await detail(id)).toMatchObject({
      state: 'aborted',
      reason: 'Version 0 became champion during the rollout: enough',
    });
    const { rows } = await client.query('SELECT count(*)::int AS n FROM rollout_conversations WHERE rollout_id = $1', [
      id,
    ]);
    expect(rows).toEqual([{ n: TOGETHER }]);
    expect((await ask()).version).toBe(0);
  }, 120_000);
});
