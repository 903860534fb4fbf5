// The replay buffer on a real Postgres: it follows the champion, stays within its capacity, forgets what was erased or put right,
// and comes back to what was forgotten.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations/all.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { openDatabase } from '../../src/database/open-database.js';
import { ExampleDecision } from '../../src/database/entities/example-decision.entity.js';
import { Example } from '../../src/database/entities/example.entity.js';
import { ReplayItem } from '../../src/database/entities/replay-item.entity.js';
import { ReplaySlice } from '../../src/database/entities/replay-slice.entity.js';
import { TrainingRun } from '../../src/database/entities/training-run.entity.js';
import { ReplayBuffer } from '../../src/learning/replay/replay-buffer.js';
import { ExamplePool } from '../../src/learning/snapshot/example-pool.js';
import { addAssistant, addExample, addRun, addVersion } from '../support/examples.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

const quiet = { log: () => undefined, warn: () => undefined };
let postgres: TestPostgres;
let database: DataSource;
let assistantId: string;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await openDatabase({ url: postgres.url, migrations, logger: quiet });
}, 120_000);
afterAll(async () => {
  await database?.destroy();
  await postgres?.remove();
});
beforeEach(async () => void (assistantId = await addAssistant(database)));

const bufferOf = (capacity = 1000) => {
  const environment = { ...parseEnvironment({}), REPLAY_CAPACITY: capacity };
  const runtime = {
    environment,
    modelPath: '',
    modelSha256: '',
    embeddingModel: undefined,
    dataDir: '',
    databaseUrl: postgres.url,
  };
  return new ReplayBuffer(database, runtime);
};

/** A version that learnt these examples, a child of the one before it. */
async function learnt(version: number, ids: readonly string[], parentVersion = version - 1): Promise<string> {
  const runId = await addRun(database, assistantId);
  await addVersion(database, { assistantId, version, parentVersion, runId });
  for (const id of ids) await database.manager.update(Example, id, { firstRunId: runId });
  return runId;
}
const add = (slice: string, count: number, changes: Partial<Example> = {}) =>
  Promise.all(
    Array.from({ length: count }, (_, i) => addExample(database, assistantId, `${slice} ${i}?`, { slice, ...changes })),
  );
const sampled = async (buffer: ReplayBuffer, count = 100, seed = 0) =>
  (await buffer.sample(assistantId, count, seed)).map(({ id }) => id).sort();

/** The table as the counters say, slots dense. */
async function expectConsistent(): Promise<void> {
  const items = await database.manager.findBy(ReplayItem, { assistantId });
  for (const { slice, boxes } of await database.manager.findBy(ReplaySlice, { assistantId })) {
    for (const [box, count] of boxes.entries()) {
      const slots = items.filter((item) => item.slice === slice && item.box === box).map(({ slot }) => slot);
      expect(slots.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, slot) => slot));
    }
  }
}

describe('ReplayBuffer', () => {
  it("holds what the champion's line learnt: nothing held out or sealed, and no bare thumbs", async () => {
    const buffer = bufferOf();
    const ids = await add('a', 3);
    const others = [
      await add('a', 2, { split: 'heldout' }),
      await add('a', 2, { split: 'audit' }),
      await add('a', 2, { kind: 'binary', desirable: false }),
    ].flat();
    await learnt(1, [...ids, ...others]);
    await add('b', 2);
    await buffer.follow(assistantId, 0, 0);
    expect(await sampled(buffer)).toEqual([]);
    await buffer.follow(assistantId, 1, 0);
    expect(await sampled(buffer)).toEqual([...ids].sort());
    await expectConsistent();
  });

  it('lets go of what a rolled-back version learnt, and takes it in again with that version', async () => {
    const buffer = bufferOf();
    const [first, second] = [await add('a', 2), await add('b', 2)];
    await learnt(1, first);
    await learnt(2, second);
    await buffer.follow(assistantId, 2, 0);
    expect(await sampled(buffer)).toEqual([...first, ...second].sort());
    await buffer.follow(assistantId, 1, 0);
    expect(await sampled(buffer)).toEqual([...first].sort());
    await buffer.follow(assistantId, 2, 0);
    await buffer.follow(assistantId, 2, 0);
    expect(await sampled(buffer)).toEqual([...first, ...second].sort());
    await expectConsistent();
  });

  it('stays within its capacity, shared among the slices', async () => {
    const buffer = bufferOf(10);
    await learnt(1, [...(await add('large', 30)), ...(await add('small', 3))]);
    await learnt(2, await add('late', 20));
    await buffer.follow(assistantId, 2, 0);
    const items = await database.manager.findBy(ReplayItem, { assistantId });
    const of = (slice: string) => items.filter((item) => item.slice === slice).length;
    expect([items.length, of('small')]).toEqual([10, 3]);
    expect(Math.abs(of('large') - of('late'))).toBeLessThanOrEqual(1);
    expect((await database.manager.findOneBy(ReplaySlice, { assistantId, slice: 'large' }))?.seen).toBe(30);
    await expectConsistent();
  });

  it('has nothing left of what was erased, and no holes', async () => {
    const buffer = bufferOf();
    const ids = await add('a', 9);
    await learnt(1, ids);
    await buffer.follow(assistantId, 1, 0);
    const erased = [ids[1], ids[4], ids[7], ids[8]] as string[];
    await database.manager.delete(Example, erased);
    await expectConsistent();
    expect(await sampled(buffer)).toEqual(ids.filter((id) => !erased.includes(id)).sort());
    expect(await database.manager.findOneBy(ReplaySlice, { assistantId })).toMatchObject({ seen: 5 });
  });

  it('never replays an answer that was put right since', async () => {
    const buffer = bufferOf();
    const ids = await add('a', 4);
    await learnt(1, ids);
    await buffer.follow(assistantId, 1, 0);
    const [old] = await database.manager.findBy(Example, { id: ids[2] as string });
    const question = old?.prompt[0]?.content ?? '';
    await addExample(database, assistantId, ` ${question.toUpperCase()}`, { slice: 'a', completion: 'Not any more.' });
    expect(await sampled(buffer, 4)).toEqual(ids.filter((id) => id !== old?.id).sort());
    expect(await database.manager.countBy(ReplayItem, { exampleId: ids[2] as string })).toBe(0);
    await expectConsistent();
  });

  it('comes back at once to what was forgotten, and more seldom to what was not; each run counts once', async () => {
    const buffer = bufferOf();
    const ids = await add('a', 5);
    await learnt(1, ids);
    await buffer.follow(assistantId, 1, 0);
    const recalled = [
      { id: ids[0], right: true },
      { id: ids[3], right: false },
      { id: '00000000-0000-4000-8000-000000000000', right: true },
    ];
    const runId = await addRun(database, assistantId, { recalled });
    await addRun(database, assistantId, { recalled: 'unreadable' });
    await buffer.follow(assistantId, 1, 0);
    await buffer.follow(assistantId, 1, 0);
    expect((await database.manager.findOneBy(ReplaySlice, { assistantId }))?.boxes).toEqual([1, 3, 1, 0, 0, 0]);
    for (const seed of [0, 1, 2, 3]) expect(await sampled(buffer, 1, seed)).toEqual([ids[3]]);
    await database.manager.delete(TrainingRun, runId);
    await expectConsistent();
  });
});

describe('ExamplePool', () => {
  it('holds back what the gate blamed, but for what an operator released', async () => {
    const pool = new ExamplePool(database);
    const [blamed, released, other] = (await add('fees', 3)) as [string, string, string];
    const { contentHash } = await database.manager.findOneByOrFail(Example, { id: released });
    const decision = {
      exampleId: released,
      contentHash,
      decision: 'release',
      quarantineReason: 'refused_by_gate',
    } as const;
    await database.manager.insert(ExampleDecision, {
      assistantId,
      ...decision,
      actor: 'operator',
      reason: 'It changed.',
    });
    const detail = 'A version that learnt it was refused.';
    const blames = [blamed, released].map((exampleId) => ({ exampleId, detail }));
    expect(await pool.holdBack(blames)).toBe(1);
    expect(await pool.holdBack(blames)).toBe(0);
    expect((await pool.fresh(assistantId, 0)).map(({ id }) => id).sort()).toEqual([released, other].sort());
    const held = await database.manager.findOneByOrFail(Example, { id: blamed });
    expect(held).toMatchObject({ quarantineReason: 'refused_by_gate', quarantineDetail: detail });
  });
});
