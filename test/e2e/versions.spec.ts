// What an operator reads of versions on the real service: everything about one, its files, several side by side, a rollout, and that a
// rollback has reached the node.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { readGgufAdapter } from '../../src/lora/formats/gguf-adapter.js';
import { readPeftAdapter } from '../../src/lora/formats/peft-adapter.js';
import { readModelShape } from '../../src/lora/model/config.js';
import { readAssets } from '../../src/setup/assets.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { restClient, type Json } from '../support/rest.js';
import { startService, temporaryFolder, type ServiceUnderTest } from '../support/service.js';
import { registerVersion } from '../support/versions.js';

const { modelPath = '', modelSha256 = '' } = readAssets() ?? {};
const RUN = '00000000-0000-4000-8000-000000000042';
const CONFIRMED_MS_MAX = 10_000;

let postgres: TestPostgres;
let client: pg.Client;
let service: ServiceUnderTest;
let dataDir: string;
let adapterPath: string;

const item = (id: string, slice: string, parentRight: boolean, candidateRight: boolean) => ({
  ...{ id, slice, group: 'earlier', question: `${id}?`, expected: 'yes', parentRight, candidateRight },
  ...{ parentAnswer: parentRight ? 'yes' : 'no', candidateAnswer: candidateRight ? 'yes' : 'no' },
});
const report = {
  verdict: 'passed',
  target: { items: 12, parentRight: 2, candidateRight: 9, wins: 8, losses: 1 },
  earlier: { items: 4, parentRight: 4, candidateRight: 4, wins: 0, losses: 0 },
  slices: [{ slice: 'fees', items: 4, parentRight: 4, candidateRight: 4, wins: 0, losses: 0, adjusted: 1 }],
  general: { parentNll: 2, candidateNll: 2.01, klToBase: 0.02 },
  items: [item('a', 'fees', true, false), item('b', 'cards', false, true)],
};

beforeAll(async () => {
  postgres = await startPostgres();
  dataDir = await temporaryFolder();
  service = await startService({ DATABASE_URL: postgres.url, RETUNE_DATA: dataDir, CHAT_MAX_ANSWER_TOKENS: '12' });
  client = new pg.Client(postgres.url);
  await client.connect();
  for (const version of [1, 2]) {
    const { path } = await registerVersion(client, { dataDir, modelPath, modelSha256 }, version);
    if (version === 1) adapterPath = path;
  }
  await client.query(
    `INSERT INTO training_runs (id, assistant_id, status, trigger, settings, loss_curve, adapter_version)
    SELECT $1, id, 'candidate', 'request', '{"rank":4}', '[[1,2.5],[2,1.5]]', 1 FROM assistants WHERE slug = 'demo'`,
    [RUN],
  );
  await client.query('UPDATE adapter_versions SET run_id = $1, gate_report = $2 WHERE version = 1', [RUN, report]);
  await client.query('UPDATE adapter_versions SET parent_version = 1 WHERE version = 2');
}, 240_000);

afterAll(async () => {
  await client?.end();
  await service?.stop();
  await postgres?.remove();
  rmSync(dataDir, { recursive: true, force: true });
});

const rest = () => restClient(service.url);
const options = () => ({ token: service.operatorToken, headers: { 'x-retune-actor': 'Olga' } });
const get = async <T = Json>(path: string) => (await rest().get<T>(`/api/v1/assistants/demo/${path}`, options())).body;
const post = (path: string, body: Json) => rest().post(`/api/v1/assistants/demo/${path}`, { ...options(), body });
const download = (path: string) =>
  fetch(`${service.url}/api/v1/assistants/demo/adapter-versions/${path}`, {
    headers: { authorization: `Bearer ${service.operatorToken}` },
  });

describe('a version', () => {
  it('says where it comes from, how it was trained and judged, and what became of it', async () => {
    expect(await get('adapter-versions/1')).toMatchObject({
      ...{ version: 1, baseSha256: modelSha256, servable: true, children: [2], deployments: [] },
      run: {
        id: RUN,
        settings: { rank: 4 },
        lossCurve: [
          [1, 2.5],
          [2, 1.5],
        ],
      },
      slices: [
        { slice: '(new)', wins: 8, losses: 1 },
        { slice: 'fees', difference: 0 },
      ],
      usage: { answers: 0, up: 0 },
    });
    expect(await get('adapter-versions/2')).toMatchObject({
      run: null,
      slices: [],
      lineage: [
        { version: 2, heldOut: null },
        { version: 1, heldOut: { items: 16, right: 13 } },
      ],
    });
    expect((await rest().get('/api/v1/assistants/demo/adapter-versions/9', options())).status).toBe(404);
  });

  it('can be taken away as GGUF, byte for byte, and as a PEFT folder with the same values', async () => {
    const kept = readFileSync(adapterPath);
    const gguf = await download('1/adapter.gguf');
    expect(Buffer.from(await gguf.arrayBuffer()).equals(kept)).toBe(true);
    const digest = createHash('sha256').update(kept).digest('base64');
    expect(gguf.headers.get('repr-digest')).toBe(`sha-256=:${digest}:`);
    expect(gguf.headers.get('content-disposition')).toBe('attachment; filename="demo-v1.gguf"');
    const peft = await download('1/adapter.peft.tar');
    const folder = join(dataDir, 'peft');
    mkdirSync(folder);
    writeFileSync(`${folder}.tar`, Buffer.from(await peft.arrayBuffer()));
    execFileSync('tar', ['-xf', `${folder}.tar`, '-C', folder]);
    const { config } = readModelShape(modelPath);
    expect(readPeftAdapter(folder, config).values).toEqual(readGgufAdapter(adapterPath, config).values);
    expect((await download('0/adapter.gguf')).status).toBe(404);
  });
});

describe('versions side by side', () => {
  it('show what was lost first, and what was won', async () => {
    expect(await get('version-comparison?versions=0,1')).toMatchObject({
      versions: [
        { version: 0, status: 'base', heldOut: { items: 2, right: 1 }, general: { nll: 2, klToBase: 0 } },
        { version: 1, status: 'candidate', general: { nll: 2.01 } },
      ],
      deltas: [
        { slice: 'fees', difference: -1 },
        { slice: null, difference: 0 },
        { slice: 'cards', difference: 1 },
      ],
      items: [
        {
          id: 'a',
          answers: [
            { version: 1, answer: 'no' },
            { version: 0, answer: 'yes' },
          ],
        },
        { id: 'b' },
      ],
    });
    for (const versions of ['1', '1,1', '0,1,2,3,4,5'])
      expect(
        (await rest().get(`/api/v1/assistants/demo/version-comparison?versions=${versions}`, options())).status,
      ).toBe(400);
    expect((await rest().get('/api/v1/assistants/demo/version-comparison?versions=0,9', options())).status).toBe(404);
  });

  it('keep what a version said itself, however many children were refused since', async () => {
    const child = { ...report, items: [item('z', 'cards', true, false)] };
    await client.query(
      `INSERT INTO adapter_versions
        (assistant_id, version, status, parent_version, sha256, size_bytes, base_sha256, rank, alpha, gate_report)
      SELECT assistant_id, number, 'rejected', 1, sha256, size_bytes, base_sha256, rank, alpha, $1
      FROM adapter_versions, generate_series(101, 145) AS number WHERE version = 1`,
      [child],
    );
    const { versions, items } = await get<{ versions: Json[]; items: Json[] }>('version-comparison?versions=0,1');
    await client.query('DELETE FROM adapter_versions WHERE version > 100');
    expect(versions).toMatchObject([
      { version: 0, heldOut: { items: 2, right: 1 }, general: { nll: 2 } },
      { version: 1, heldOut: { items: 3, right: 2 }, general: { nll: 2.01 } },
    ]);
    expect(items.map(({ id }) => id)).toEqual(['a', 'b', 'z']);
  });

  it('answer the same question, each with its own words; one that is not there says so', async () => {
    const trial = { versions: [0, 1, 9], question: 'Tell me about your bank.' };
    const { status, body } = await post('version-comparison/answers', trial);
    const answers = body.answers as { text: string | null; error: string | null }[];
    expect(status).toBe(200);
    expect(answers[0]?.text).toBeTruthy();
    expect(answers[1]?.text).not.toBe(answers[0]?.text);
    expect(answers[2]).toMatchObject({ text: null, error: 'There is no adapter version 9.' });
    const beyond = await post('version-comparison/answers', { ...trial, versions: [2 ** 31] });
    expect(beyond).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });
});

describe('a rollout', () => {
  it('says plainly that there is not enough data, how it stands, and what was done', async () => {
    const { body } = await post('adapter-versions/2/canary', { steps: [50, 100], reason: 'try it' });
    const path = `rollouts/${String(body.id)}`;
    expect(await get(path)).toMatchObject({
      enoughData: false,
      summary: expect.stringContaining('Not enough data yet'),
      evidence: { failures: { difference: null, interval: [-1, 1] } },
      history: [{ action: 'canary_start', actor: 'Olga', reason: 'try it' }],
    });
    expect(await get('serving')).toMatchObject({ canary: { version: 2, percent: 50, state: 'running' } });
    await post(`${path}/abort`, { reason: 'enough' });
    expect(await get(path)).toMatchObject({
      history: [{ action: 'canary_abort', reason: 'enough' }, { action: 'canary_start' }],
    });
  });
});

describe('a rollback', () => {
  it('is confirmed by the node that answers', async () => {
    const confirmed = async (championVersion: number) => {
      for (const endMs = Date.now() + CONFIRMED_MS_MAX; Date.now() < endMs;) {
        const serving = await get('serving');
        if (serving.confirmed && serving.championVersion === championVersion) return serving;
      }
      return get('serving');
    };
    await post('adapter-versions/1/promote', { reason: 'better' });
    const node = { version: 1, state: 'confirmed' };
    expect(await confirmed(1)).toMatchObject({ confirmed: true, versionBefore: 0, nodes: [node] });
    await post('rollback', { reason: 'worse' });
    expect(await confirmed(0)).toMatchObject({ confirmed: true, nodes: [{ version: 0, state: 'confirmed' }] });
    const { bands, markers } = await get<{ bands: Json[]; markers: Json[] }>('timeline');
    expect(bands.map(({ kind, version }) => `${String(kind)} ${String(version)}`)).toEqual([
      ...['champion 0', 'canary 2', 'champion 1', 'champion 0'],
    ]);
    expect(markers[0]).toMatchObject({ kind: 'rollback', actor: 'Olga', text: 'worse' });
    expect(await get(`timeline/served?at=${String(bands[2]?.from)}`)).toMatchObject({ championVersion: 1 });
  });
});
