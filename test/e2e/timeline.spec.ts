// Who served when, and what every node says it serves, on a real Postgres and without a model.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations/all.js';
import type { ChampionFollower } from '../../src/adapters/champion-follower.js';
import { ChampionRouter } from '../../src/adapters/champion-router.js';
import { Deployments } from '../../src/adapters/deployments.js';
import { NodeReports } from '../../src/adapters/nodes/node-reports.js';
import { toServingView } from '../../src/adapters/nodes/serving.schema.js';
import { ServingNow } from '../../src/adapters/nodes/serving.js';
import { Timeline } from '../../src/adapters/timeline/timeline.js';
import type { VersionLoader } from '../../src/adapters/version-loader.js';
import type { Runtime } from '../../src/config/runtime.js';
import { AdapterVersion } from '../../src/database/entities/adapter-version.entity.js';
import { Assistant } from '../../src/database/entities/assistant.entity.js';
import { openDatabase } from '../../src/database/open-database.js';
import type { Engine } from '../../src/inference/engine.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

const quiet = { log: () => undefined, warn: () => undefined };
const WAIT_MS_MAX = 5_000;

let postgres: TestPostgres;
let database: DataSource;
let deployments: Deployments;
let assistantId: string;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await openDatabase({ url: postgres.url, migrations, logger: quiet });
  const follower = { inLine: (_: string, work: () => unknown) => work(), flip: () => undefined };
  const loader = { ready: () => Promise.resolve(undefined), unload: () => undefined };
  const parts = [loader as unknown as VersionLoader, follower as unknown as ChampionFollower] as const;
  deployments = new Deployments(database, ...parts);
}, 120_000);
afterAll(async () => {
  await database?.destroy();
  await postgres?.remove();
});
beforeEach(async () => {
  const name = `a-${randomUUID().slice(0, 8)}`;
  assistantId = (await database.manager.save(Assistant, { slug: name, name, greeting: 'Hi.' })).id;
  const file = { sha256: 'a', sizeBytes: 1, baseSha256: 'b', rank: 8, alpha: 16, parentVersion: 0 };
  for (const version of [1, 2, 3])
    await database.manager.save(AdapterVersion, { assistantId, version, status: 'candidate', ...file });
});

const promote = (version: number) => deployments.promote({ assistantId, version, actor: 'Olga', reason: 'Better.' });
const rollback = () => deployments.rollback({ assistantId, actor: 'Olga', reason: 'Worse.' });

describe('what answers now', () => {
  const runtime = { environment: { RETUNE_ROLES: ['web'] }, dataDir: '' } as unknown as Runtime;
  const engine = { state: () => ({ engine: 'none', loaded: [] }) } as unknown as Engine;
  const serving = async () => {
    const assistant = await database.manager.findOneByOrFail(Assistant, { id: assistantId });
    return toServingView(await new ServingNow(database, deployments).of(assistant));
  };
  const flip = (router: ChampionRouter, version: number) =>
    router.flip(assistantId, { assistantId, version, sha256: String(version), path: '' });
  const until = async (wanted: string) => {
    let seen = '';
    for (
      const endMs = Date.now() + WAIT_MS_MAX;
      Date.now() < endMs;
      await new Promise((done) => setTimeout(done, 20))
    ) {
      seen = (await serving()).nodes
        .map(({ version, state }) => `${version} ${state}`)
        .sort()
        .join(', ');
      if (seen === wanted) return;
    }
    expect(seen).toBe(wanted);
  };

  it('is confirmed when every node reports the version, and says which one does not', async () => {
    const routers = [new ChampionRouter(), new ChampionRouter()] as const;
    const nodes = routers.map((router) => new NodeReports(database, router, engine, runtime));
    await Promise.all(nodes.map((node) => node.onApplicationBootstrap()));
    await promote(1);
    await promote(2);
    routers.forEach((router) => flip(router, 2));
    await until('2 confirmed, 2 confirmed');
    await rollback();
    flip(routers[0], 1);
    await until('1 confirmed, 2 behind');
    expect(await serving()).toMatchObject({ championVersion: 1, versionBefore: 0, confirmed: false, canary: null });
    flip(routers[1], 1);
    await until('1 confirmed, 1 confirmed');
    expect(await serving()).toMatchObject({ confirmed: true });
    await database.query(`UPDATE nodes SET seen_at = now() - interval '1 minute' WHERE id = $1`, [nodes[1]?.nodeId]);
    await until('1 confirmed, 1 silent');
    await Promise.all(nodes.map((node) => node.onApplicationShutdown()));
    expect(await serving()).toMatchObject({ nodes: [], confirmed: false });
  });

  it('counts the conversations that a rollback would find open', async () => {
    const converse = (handover: string, status: string, said: string) =>
      database.query(
        `WITH c AS (INSERT INTO conversations (assistant_id, token_hash, handover) VALUES ($1, 'x', $2) RETURNING id)
        INSERT INTO messages (conversation_id, seq, role, text, status, created_at)
        SELECT id, 1, 'assistant', '', $3, now() - $4::interval FROM c`,
        [assistantId, handover, status, said],
      );
    await converse('bot', 'complete', '1 minute');
    await converse('bot', 'writing', '1 second');
    await converse('agent', 'complete', '5 minutes');
    await converse('bot', 'complete', '2 hours');
    expect((await serving()).conversations).toEqual({ open: 3, withAgent: 1, writing: 1 });
  });
});

describe('the history', () => {
  const everything = () => ({ from: new Date(0), to: new Date(Date.now() + 60_000), limit: 100 });

  it('tells who served at any moment, and what happened, with who and why', async () => {
    const timeline = new Timeline(database, deployments);
    const before = new Date();
    await promote(1);
    const between = new Date();
    await database.query(
      `INSERT INTO training_runs (assistant_id, status, trigger, requested_by, adapter_version, gate_report, started_at, finished_at)
      VALUES ($1, 'rejected', 'request', 'Ada', 2, '{"verdict":"refused","summary":"It forgot."}', now(), now())`,
      [assistantId],
    );
    await promote(3);
    await rollback();
    const { bands, markers } = await timeline.between(assistantId, everything());
    expect(bands.map(({ version }) => version)).toEqual([0, 1, 3, 1]);
    expect(bands.slice(1).map(({ from }) => from)).toEqual(bands.slice(0, -1).map(({ to }) => to));
    expect(markers.map(({ kind, action, version }) => `${kind} ${action} ${version}`)).toEqual([
      ...['rollback rollback 1', 'promotion promote 3'],
      // Of one moment.
      ...['run started null', 'gate refused 2', 'run rejected 2', 'promotion promote 1'],
    ]);
    expect(markers).toContainEqual(expect.objectContaining({ kind: 'gate', action: 'refused', text: 'It forgot.' }));
    expect(markers[0]).toMatchObject({ actor: 'Olga', text: 'Worse.', fromVersion: 3 });
    expect(await timeline.servedAt(assistantId, before)).toEqual({ champion: 0, canary: null });
    expect(await timeline.servedAt(assistantId, between)).toEqual({ champion: 1, canary: null });
    const early = await timeline.between(assistantId, { ...everything(), to: between });
    expect(early.markers.map(({ action }) => action)).toEqual(['promote']);
    expect(early.bands.map(({ version }) => version)).toEqual([0, 1]);
  });

  it('can be added to, not changed', async () => {
    await promote(1);
    for (const change of ['UPDATE deployments SET reason = $1', 'DELETE FROM deployments WHERE reason <> $1'])
      await expect(database.query(change, [''])).rejects.toThrow('deployments are append-only');
  });
});
