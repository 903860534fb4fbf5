// Promotion and rollback on the real service, two nodes of it: chats go on, every node follows, refusals change nothing.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import pg from 'pg';
import { CHAMPION_CHANNEL, listenToChampions } from '../../src/adapters/champion-words.js';
import { LlamaCppEngine } from '../../src/inference/llama-cpp-engine.js';
import type { PromptTurn } from '../../src/database/entities/example.entity.js';
import { readAssets } from '../../src/setup/assets.js';
import { openChat, until, type ChatClient } from '../support/chat.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { restClient, type Json } from '../support/rest.js';
import { startService, temporaryFolder, type ServiceUnderTest } from '../support/service.js';
import { registerVersion } from '../support/versions.js';

const assets = readAssets();
const { modelPath = '', modelSha256 = '' } = assets ?? {};
/** Where the random adapters' answers differ at once. */
const QUESTION = 'Tell me about your bank.';
/** Far below the target of 1,500 ms on a free machine; tests share theirs. */
const FOLLOW_MS_MAX = 15_000;

let postgres: TestPostgres;
let client: pg.Client;
let service: ServiceUnderTest;
let dataDir: string;
let rest: ReturnType<typeof restClient>;
const open: ChatClient[] = [];
const start = () => startService({ DATABASE_URL: postgres.url, RETUNE_DATA: dataDir, CHAT_MAX_ANSWER_TOKENS: '40' });
const chat = async (url = service.url) => {
  const made = await openChat(url);
  open.push(made);
  return made;
};

beforeAll(async () => {
  postgres = await startPostgres();
  dataDir = await temporaryFolder();
  service = await start();
  rest = restClient(service.url);
  client = new pg.Client(postgres.url);
  await client.connect();
}, 240_000);

afterAll(async () => {
  open.forEach((each) => each.close());
  await client?.end();
  await service?.stop();
  await postgres?.remove();
  rmSync(dataDir, { recursive: true, force: true });
});

const register = (version: number, more: Parameters<typeof registerVersion>[3] = {}) =>
  registerVersion(client, { dataDir, modelPath, modelSha256 }, version, more);
const post = (path: string, body: Json, token = service.operatorToken) =>
  rest.post(`/api/v1/assistants/demo/${path}`, { token, body, headers: { 'x-retune-actor': 'Olga' } });
const promote = (version: number) => post(`adapter-versions/${version}/promote`, { reason: 'better' });
const rollback = (toVersion?: number) =>
  post('rollback', { reason: 'worse', ...(toVersion !== undefined && { toVersion }) });
const get = async <T>(path: string) => (await rest.get<T>(path, { token: service.operatorToken })).body;
const listed = () =>
  get<{ championVersion: number; versions: { version: number; champion: boolean; status: string }[] }>(
    '/api/v1/assistants/demo/adapter-versions',
  );
const champion = async () => (await listed()).championVersion;

describe('a promotion', () => {
  it('lets running answers end on the old version and answers new turns by the new one', async () => {
    await register(1);
    const running = await Promise.all([chat(), chat()]);
    await Promise.all(running.map(({ send }) => send('Tell me a long story about a bank.')));
    await Promise.all(running.map(({ until, deltas }) => until(() => deltas.length > 0)));
    const { status, body } = await promote(1);
    expect(status).toBe(200);
    expect(body).toMatchObject({ action: 'promote', fromVersion: 0, toVersion: 1, actor: 'Olga', reason: 'better' });
    const next = await chat();
    expect((await next.answer(QUESTION)).adapterVersion).toBe(1);
    for (const { until, done } of running) expect((await until(() => done[0])).adapterVersion).toBe(0);
    expect((await running[0]?.answer('And then?'))?.adapterVersion).toBe(1);
  });

  it('is listed and audited', async () => {
    expect(await listed()).toMatchObject({
      championVersion: 1,
      versions: [{ version: 1, champion: true, status: 'champion' }],
    });
    const { deployments } = await get<{ deployments: Json[] }>('/api/v1/audit?assistant=demo');
    expect(deployments).toMatchObject([{ action: 'promote', fromVersion: 0, toVersion: 1, actor: 'Olga' }]);
  });

  it('goes through when the probe is answered as it was in the evaluation, and not otherwise', async () => {
    const kept = await register(2, { status: 'rejected' });
    const prompt: PromptTurn[] = [{ role: 'user', content: QUESTION }];
    const [answer, parentAnswer] = await bothAnswers(kept, prompt);
    const setProbe = (probe: Json) =>
      client.query('UPDATE adapter_versions SET probe = $1, status = $2 WHERE version = 2', [probe, 'candidate']);
    await setProbe({ prompt, answer: parentAnswer, parentAnswer: answer });
    expect(await promote(2)).toMatchObject({ status: 409, body: { code: 'adapters.probe_failed' } });
    expect((await (await chat()).answer(QUESTION)).adapterVersion).toBe(1);
    await setProbe({ prompt, answer, parentAnswer });
    expect(await promote(2)).toMatchObject({ status: 200 });
    expect((await (await chat()).answer(QUESTION)).adapterVersion).toBe(2);
  });
});

describe('a rollback', () => {
  it('goes to the champion before, step by step, down to the base model', async () => {
    expect(await rollback()).toMatchObject({ status: 200, body: { fromVersion: 2, toVersion: 1, action: 'rollback' } });
    expect((await (await chat()).answer(QUESTION)).adapterVersion).toBe(1);
    expect(await rollback()).toMatchObject({ status: 200, body: { fromVersion: 1, toVersion: 0 } });
    expect((await (await chat()).answer(QUESTION)).adapterVersion).toBe(0);
    expect(await rollback()).toMatchObject({ status: 409, body: { code: 'adapters.already_champion' } });
  });

  it('goes to a named version', async () => {
    expect(await rollback(2)).toMatchObject({ status: 200, body: { toVersion: 2 } });
    expect(await rollback(0)).toMatchObject({ status: 200, body: { fromVersion: 2, toVersion: 0 } });
  });
});

describe('a refused promotion', () => {
  it.each<[string, number, Parameters<typeof registerVersion>[3], number, string]>([
    ['was refused by the gate', 20, { status: 'rejected' }, 409, 'adapters.rejected'],
    ['belongs to another base model', 21, { baseSha256: 'f'.repeat(64) }, 409, 'adapters.wrong_base'],
    ['is no adapter', 22, { bytes: Buffer.from('GGUF nonsense') }, 400, 'engine.adapter_refused'],
  ])('of a version that %s changes nothing', async (_, version, more, status, code) => {
    await register(version, more);
    expect(await promote(version)).toMatchObject({ status, body: { status, code } });
    expect(await champion()).toBe(0);
  });

  it('of a damaged or missing file changes nothing', async () => {
    const { path } = await register(23);
    chmodSync(path, 0o644);
    writeFileSync(path, readFileSync(path).subarray(0, 100_000));
    expect(await promote(23)).toMatchObject({ status: 503, body: { code: 'adapters.artifact_damaged' } });
    rmSync(path);
    expect(await promote(23)).toMatchObject({ status: 503, body: { code: 'adapters.artifact_missing' } });
    expect((await (await chat()).answer(QUESTION)).adapterVersion).toBe(0);
  });

  it('says what is wrong with the request', async () => {
    expect(await promote(99)).toMatchObject({ status: 404, body: { code: 'adapters.version_unknown' } });
    expect(await post('adapter-versions/x/promote', { reason: 'r' })).toMatchObject({ status: 400 });
    expect(await post('adapter-versions/1/promote', {})).toMatchObject({ status: 400 });
    expect(await post('rollback', { reason: ' ' })).toMatchObject({ status: 400 });
    expect(await post('rollback', { reason: 'r' }, service.agentToken)).toMatchObject({ status: 403 });
    expect(await post('rollback', { reason: 'r' }, 'nobody')).toMatchObject({ status: 401 });
    expect(
      await rest.post('/api/v1/assistants/nobody/rollback', { token: service.operatorToken, body: { reason: 'r' } }),
    ).toMatchObject({ status: 404 });
  });
});

/** What the nodes say of themselves, once all serve a version. */
async function confirmed(version: number): Promise<{ version: number; state: string }[]> {
  for (const endMs = Date.now() + FOLLOW_MS_MAX; ;) {
    const serving = await get<Json & { nodes: { version: number; state: string }[] }>(
      '/api/v1/assistants/demo/serving',
    );
    const isDone = serving.confirmed === true && serving.championVersion === version && serving.nodes.length === 2;
    if (isDone || Date.now() > endMs)
      return serving.nodes.map((node) => ({ version: node.version, state: node.state }));
  }
}

describe('several nodes', () => {
  it('follow each other, serialise promotions, and know their champion after a restart', async () => {
    const other = await start();
    const otherRest = restClient(other.url);
    try {
      await promote(1);
      await untilAnsweredBy(1, other.url);
      const path = (version: number) => `/api/v1/assistants/demo/adapter-versions/${version}/promote`;
      const body = { reason: 'both' };
      const both = await Promise.all([
        otherRest.post(path(2), { token: other.operatorToken, body }),
        rest.post(path(20), { token: service.operatorToken, body }),
        rest.post('/api/v1/assistants/demo/rollback', {
          token: service.operatorToken,
          body: { toVersion: 0, reason: 'both' },
        }),
      ]);
      expect(both[0]?.status).toBe(200);
      expect(both[1]).toMatchObject({ status: 409 });
      const now = await champion();
      await untilAnsweredBy(now, other.url);
      await untilAnsweredBy(now, service.url);
      expect(await confirmed(now)).toEqual(Array(2).fill({ version: now, state: 'confirmed' }));
      const { rows } = await client.query<{ version: number }>(
        "SELECT version FROM adapter_versions WHERE status = 'champion'",
      );
      expect(rows.map(({ version }) => version)).toEqual(now === 0 ? [] : [now]);
      const { deployments } = await get<{ deployments: { fromVersion: number; toVersion: number }[] }>(
        '/api/v1/audit?assistant=demo',
      );
      // An unbroken chain: every move starts where the one before ended.
      deployments.slice(1).forEach(({ toVersion }, i) => expect(deployments[i]?.fromVersion).toBe(toVersion));
      await promote(2).then(() => promote(1));
    } finally {
      await other.stop();
    }
    const restarted = await start();
    try {
      expect((await (await chat(restarted.url)).answer(QUESTION)).adapterVersion).toBe(1);
    } finally {
      await restarted.stop();
    }
  }, 240_000);
});

describe('word of promotions', () => {
  it('is heard again after Postgres was away', async () => {
    const own = await startPostgres();
    const events: string[] = [];
    const listener = listenToChampions(own.url, {
      heard: (assistantId) => events.push(`heard ${assistantId}`),
      connected: () => events.push('connected'),
      lost: () => events.push('lost'),
    });
    const said = async (event: string, times: number) =>
      until(() => events.filter((each) => each === event).length === times);
    const say = async (payload: string) => {
      const speaker = new pg.Client(own.url);
      await speaker.connect();
      await speaker.query('SELECT pg_notify($1, $2)', [CHAMPION_CHANNEL, payload]);
      await speaker.end();
    };
    const assistantId = randomUUID();
    const word = JSON.stringify({ assistantId, version: 1 });
    await said('connected', 1);
    await say('nonsense');
    await say(word);
    await said(`heard ${assistantId}`, 1);
    await own.pause();
    await said('lost', 1);
    await own.resume();
    await said('connected', 2);
    await say(word);
    await said(`heard ${assistantId}`, 2);
    await listener.close();
    await own.remove();
    expect(events).toEqual(['connected', `heard ${assistantId}`, 'lost', 'connected', `heard ${assistantId}`]);
  }, 120_000);
});

async function untilAnsweredBy(version: number, url: string): Promise<void> {
  const { answer } = await chat(url);
  for (const endMs = Date.now() + FOLLOW_MS_MAX; Date.now() < endMs;) {
    if ((await answer('Hi')).adapterVersion === version) return;
  }
  throw new Error(`Version ${version} doesn't answer at ${url}.`);
}

/** What the version, and what the base model, answer to a prompt. */
async function bothAnswers(kept: { path: string; sha256: string }, turns: PromptTurn[]): Promise<[string, string]> {
  const engine = await LlamaCppEngine.open({
    ...{ modelPath, modelSha256, threads: 2, slots: 1, contextTokens: 512, maxQueued: 1 },
  });
  const ask = async (adapter?: { assistantId: string; version: number; path: string; sha256: string }) => {
    for await (const event of engine.generate({ adapter, turns, maxTokens: 40, temperature: 0 })) {
      if (event.kind === 'done') return event.result.text;
    }
    return '';
  };
  const answers: [string, string] = [await ask({ assistantId: 'a', version: 2, ...kept }), await ask()];
  await engine.close();
  return answers;
}
