// Training runs and the replay buffer on a real Postgres, without a model: guarded moves, one run at a time, one executor, and
// what counts as learnt.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations/all.js';
import { AdapterVersion } from '../../src/database/entities/adapter-version.entity.js';
import { Assistant } from '../../src/database/entities/assistant.entity.js';
import { Conversation } from '../../src/database/entities/conversation.entity.js';
import { Correction } from '../../src/database/entities/correction.entity.js';
import { Example } from '../../src/database/entities/example.entity.js';
import { Message } from '../../src/database/entities/message.entity.js';
import { openDatabase } from '../../src/database/open-database.js';
import { TrainingRuns } from '../../src/learning/runs/training-runs.js';
import { ExamplePool } from '../../src/learning/snapshot/example-pool.js';
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
beforeEach(async () => {
  const name = `a-${randomUUID().slice(0, 8)}`;
  const assistant = await database.manager.save(Assistant, { slug: name, name, greeting: 'Hi.', siteKey: name });
  assistantId = assistant.id;
});

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
    expect(await runs.isCancelled(id)).toBe(true);
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

describe('ExamplePool', () => {
  it('calls learnt what the line of the champion was trained on, and new what only others were', async () => {
    const pool = new ExamplePool(database);
    const [first, second] = [await example('One?'), await example('Two?')];
    expect(await pool.countNew(assistantId, 0)).toBe(2);
    const before = new Date();
    await example('Three?');
    expect(await pool.countNew(assistantId, 0, before)).toBe(1);

    const run = await create();
    await runs.cancel(run.id, assistantId);
    await pool.markLearnt([first], run.id);
    await version(1, 0, run.id);
    await version(2, 1, null);
    await version(3, 0, null);
    const learntBy = async (champion: number) =>
      (await pool.candidates(assistantId, champion)).filter(({ learnt }) => learnt).map(({ id }) => id);
    expect(await learntBy(0)).toEqual([]);
    expect(await learntBy(1)).toEqual([first]);
    expect(await learntBy(2)).toEqual([first]);
    expect(await learntBy(3)).toEqual([]);
    expect(await pool.countNew(assistantId, 2)).toBe(2);
    expect(await pool.countNew(assistantId, 3)).toBe(3);
    expect(second).not.toBe(first);
  });

  async function version(number: number, parentVersion: number, runId: string | null): Promise<void> {
    const values = { assistantId, version: number, parentVersion, runId, status: 'retired' as const };
    const file = {
      sha256: String(number),
      sizeBytes: 1,
      baseSha256: 'b',
      rank: 8,
      alpha: 16,
      probe: null,
      gateReport: null,
    };
    await database.manager.save(AdapterVersion, { ...values, ...file });
  }

  async function example(question: string): Promise<string> {
    const conversation = await database.manager.save(Conversation, { assistantId, tokenHash: randomUUID() });
    const message = {
      conversationId: conversation.id,
      seq: 1,
      role: 'assistant' as const,
      text: 'No.',
      status: 'complete' as const,
    };
    const { id: messageId } = await database.manager.save(Message, message);
    const correction = await database.manager.save(Correction, { messageId, agentId: 'Ada', text: 'Yes.' });
    const { id } = await database.manager.save(Example, {
      assistantId,
      kind: 'sft',
      split: 'train',
      prompt: [{ role: 'user', content: question }],
      completion: 'Yes.',
      contentHash: randomUUID(),
      sourceMessageId: messageId,
      sourceCorrectionId: correction.id,
    });
    return id;
  }
});
