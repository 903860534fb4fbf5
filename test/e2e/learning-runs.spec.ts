// Training runs and the replay buffer on a real Postgres, without a model: guarded moves, one run at a time, one executor, and
// what counts as learnt.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations/all.js';
import { Correction } from '../../src/database/entities/correction.entity.js';
import { Example } from '../../src/database/entities/example.entity.js';
import { openDatabase } from '../../src/database/open-database.js';
import { TrainingRuns } from '../../src/learning/runs/training-runs.js';
import { ExamplePool } from '../../src/learning/snapshot/example-pool.js';
import { TaughtExamples } from '../../src/learning/snapshot/taught-example.js';
import { addAssistant, addExample, addRun, addVersion } from '../support/examples.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

const quiet = { log: () => undefined, warn: () => undefined };
let postgres: TestPostgres;
let database: DataSource;
let assistantId: string;
let runs: TrainingRuns;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await openDatabase({ url: postgres.url, migrations, logger: quiet });
  runs = new TrainingRuns(database);
}, 120_000);
afterAll(async () => {
  await database?.destroy();
  await postgres?.remove();
});
beforeEach(async () => void (assistantId = await addAssistant(database)));

const create = () => runs.create({ assistantId, trigger: 'request', requestedBy: 'Ada', settings: { epochs: 1 } });

describe('TrainingRuns', () => {
  it('lets one run of an assistant be unfinished at a time, however many ask', async () => {
    const results = await Promise.allSettled(Array.from({ length: 6 }, create));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'learning.run_in_progress' });
    }
    const [run] = await runs.list(assistantId);
    await runs.cancel(run?.id ?? '', assistantId);
    await expect(create()).resolves.toMatchObject({ status: 'queued' });
  });

  it('moves a run by guarded updates, writes its end, and refuses what is illegal or too late', async () => {
    const { id } = await create();
    await expect(runs.move(id, 'queued', 'training')).rejects.toMatchObject({ code: 'learning.illegal_transition' });
    await runs.move(id, 'queued', 'preparing');
    await expect(runs.move(id, 'queued', 'preparing')).rejects.toMatchObject({ code: 'learning.run_changed' });
    await runs.move(id, 'preparing', 'training', { snapshotSha256: 'ab', parentVersion: 3 });
    const progress = { step: 1, steps: 9, loss: 0.5, tokensPerSecond: 10, secondsLeft: 8 };
    expect(await runs.progress(id, progress)).toBe(true);
    const failed = await runs.move(id, 'training', 'failed', { error: 'No room.' });
    expect(failed).toMatchObject({ status: 'failed', error: 'No room.', parentVersion: 3, progress });
    expect(failed.finishedAt).toBeInstanceOf(Date);
    expect(await runs.progress(id, progress)).toBe(false);
    await expect(runs.cancel(id, assistantId)).rejects.toMatchObject({ code: 'learning.run_finished' });
    await expect(runs.get(id, randomUUID())).rejects.toMatchObject({ code: 'learning.run_not_found' });
  });

  it('counts attempts until the run is finished', async () => {
    const { id } = await create();
    expect(await runs.beginAttempt(id)).toBe(1);
    expect(await runs.beginAttempt(id)).toBe(2);
    await runs.forgiveAttempt(id);
    expect(await runs.beginAttempt(id)).toBe(2);
    expect((await runs.get(id)).settings).toMatchObject({ epochs: 1, attempts: 2 });
    await runs.cancel(id, assistantId);
    expect(await runs.beginAttempt(id)).toBeUndefined();
    expect(await runs.worked(id, 1)).toBe(false);
  });

  it('lets one process execute a run', async () => {
    const { id } = await create();
    let inner: boolean | undefined;
    const outer = await runs.exclusively(id, async () => {
      inner = await runs.exclusively(id, () => Promise.reject(new Error('must not run')));
    });
    expect([outer, inner]).toEqual([true, false]);
    await expect(runs.exclusively(id, () => Promise.reject(new Error('broke')))).rejects.toThrow('broke');
    expect(await runs.exclusively(id, () => Promise.resolve())).toBe(true);
  });
});

describe('Runs that wait', () => {
  const micro = (correctionId: string) =>
    runs.create({ assistantId, trigger: 'request', requestedBy: 'Ada', settings: {}, mode: 'micro', correctionId });

  it('go one at a time, what is to be taught now first, and a correction waits once', async () => {
    const full = await create();
    const first = await micro(await correction('One?'));
    const second = await micro(await correction('Two?'));
    expect((await micro(first.correctionId ?? '')).id).toBe(first.id);
    expect(await due()).toEqual([first.id]);
    await expect(runs.takeUp(full)).rejects.toMatchObject({ code: 'learning.run_changed' });
    await expect(runs.takeUp(first)).resolves.toMatchObject({ status: 'preparing' });
    // The database itself lets no second one begin.
    await expect(runs.move(second.id, 'queued', 'preparing')).rejects.toThrow('training_runs_one_active');
    expect(await runs.isItsTurn(second)).toBe(false);
    await runs.cancel(first.id, assistantId);
    expect(await due()).toEqual([second.id]);
    await runs.cancel(second.id, assistantId);
    expect(await due()).toEqual([full.id]);
    expect((await runs.lastFull(assistantId))?.id).toBe(full.id);
  });

  it('are bounded', async () => {
    for (let n = 0; n < 20; n++) await micro(await correction(`Question ${n}?`));
    await expect(micro(await correction('One more?'))).rejects.toMatchObject({ code: 'learning.too_many_waiting' });
  });

  it('are paused with their place, their state and their time, and go on', async () => {
    const { id } = await create();
    await runs.move(id, 'queued', 'preparing');
    expect(await runs.worked(id, 1.5)).toBe(true);
    const paused = await runs.pause(id, assistantId);
    expect(paused).toMatchObject({ status: 'preparing', workedSeconds: 1.5 });
    expect((await runs.pause(id, assistantId)).pausedAt).toEqual(paused.pausedAt);
    // Whoever executes it is told, nobody takes it up, and no other one goes before it.
    expect(await runs.worked(id, 0.5)).toBe(false);
    expect(await runs.beginAttempt(id)).toBeUndefined();
    await micro(await correction('Now?'));
    expect(await due()).toEqual([]);
    expect(await runs.resume(id, assistantId)).toMatchObject({ status: 'preparing', pausedAt: null, workedSeconds: 2 });
    expect(await due()).toEqual([id]);
    await runs.pause(id, assistantId);
    expect(await runs.cancel(id, assistantId)).toMatchObject({ status: 'cancelled', pausedAt: null });
    await expect(runs.pause(id, assistantId)).rejects.toMatchObject({ code: 'learning.run_finished' });
  });

  const due = async () => (await runs.due()).filter((run) => run.assistantId === assistantId).map(({ id }) => id);
});

describe('TaughtExamples', () => {
  it('finds a correction’s example, also when the same was there before, and takes it out of what is held out', async () => {
    const taught = new TaughtExamples(database);
    const id = await addExample(database, assistantId, 'Where?');
    const { sourceCorrectionId, sourceMessageId } = await database.manager.findOneByOrFail(Example, { id });
    expect(await taught.assistantOf(sourceCorrectionId ?? '')).toBe(assistantId);
    expect((await taught.of(sourceCorrectionId ?? '')).id).toBe(id);
    const twin = await addExample(database, assistantId, 'WHERE? ');
    await database.manager.update(Example, [id, twin], { split: 'heldout' });
    await taught.forTraining(await database.manager.findOneByOrFail(Example, { id }));
    expect(await database.manager.countBy(Example, { assistantId, split: 'train' })).toBe(2);

    const heldBack = { status: 'quarantined' as const, quarantineReason: 'A burst.' };
    await database.manager.update(Example, [id, twin], heldBack);
    await expect(taught.of(sourceCorrectionId ?? '')).rejects.toMatchObject({
      code: 'learning.nothing_to_teach',
    });

    const unused = { messageId: sourceMessageId, agentId: 'Ada', text: 'Not now.', useForTraining: false };
    const { id: other } = await database.manager.save(Correction, unused);
    await expect(taught.of(other)).rejects.toMatchObject({ code: 'learning.nothing_to_teach' });
    await expect(taught.assistantOf(randomUUID())).rejects.toMatchObject({ code: 'learning.correction_not_found' });
  });
});

async function correction(question: string): Promise<string> {
  const { sourceCorrectionId } = await database.manager.findOneByOrFail(Example, {
    id: await addExample(database, assistantId, question),
  });
  return sourceCorrectionId ?? '';
}

describe('ExamplePool', () => {
  it('calls new what the line of the champion was not trained on, also if another version was', async () => {
    const pool = new ExamplePool(database);
    const add = (question: string, changes = {}) => addExample(database, assistantId, question, changes);
    const [first, second] = [await add('One?'), await add('Two?')];
    expect(await pool.countNew(assistantId, 0)).toBe(2);
    const before = new Date();
    const third = await add('Three?');
    expect(await pool.countNew(assistantId, 0, before)).toBe(1);

    const runId = await addRun(database, assistantId);
    await pool.markLearnt([first], runId);
    await addVersion(database, { assistantId, version: 1, parentVersion: 0, runId });
    await addVersion(database, { assistantId, version: 2, parentVersion: 1, runId: null });
    await addVersion(database, { assistantId, version: 3, parentVersion: 0, runId: null });
    const freshTo = async (champion: number) => (await pool.fresh(assistantId, champion)).map(({ id }) => id).sort();
    expect(await freshTo(0)).toEqual([first, second, third].sort());
    expect(await freshTo(1)).toEqual([second, third].sort());
    expect(await freshTo(2)).toEqual([second, third].sort());
    expect(await freshTo(3)).toEqual([first, second, third].sort());
    expect(await pool.countNew(assistantId, 2)).toBe(2);
    expect(await pool.countNew(assistantId, 3)).toBe(3);
  });

  it('has one example a question: the newest correction, whether the older one was learnt or not', async () => {
    const pool = new ExamplePool(database);
    const old = await addExample(database, assistantId, 'Where?');
    const liked = await addExample(database, assistantId, 'Where? ', { sourceCorrectionId: null });
    const runId = await addRun(database, assistantId);
    await addVersion(database, { assistantId, version: 1, parentVersion: 0, runId });
    await pool.markLearnt([old], runId);
    expect(await pool.fresh(assistantId, 1)).toEqual([]);
    const corrected = await addExample(database, assistantId, 'where?', { completion: 'There.' });
    expect((await pool.fresh(assistantId, 1)).map(({ id }) => id)).toEqual([corrected]);
    expect(liked).not.toBe(old);
  });

  it('asks held-out corrections of every slice, and knows which were asked before', async () => {
    const pool = new ExamplePool(database);
    const heldOut = (question: string, slice: string, changes = {}) =>
      addExample(database, assistantId, question, { slice, split: 'heldout', ...changes });
    const [a, b] = [await heldOut('One?', 'a'), await heldOut('Two?', 'b')];
    await heldOut('Three?', 'b', { sourceCorrectionId: null });
    await addExample(database, assistantId, 'Four?', { slice: 'c' });
    const runId = await addRun(database, assistantId);
    await addVersion(database, { assistantId, version: 1, parentVersion: 0, runId });
    await pool.markLearnt([a], runId);
    const asked = await pool.heldOut(assistantId, 1);
    expect(new Map(asked.map(({ id, learnt }) => [id, learnt]))).toEqual(
      new Map([
        [a, true],
        [b, false],
      ]),
    );
  });
});
