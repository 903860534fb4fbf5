// Schedules and budgets on a real Postgres, without a model: each moment starts one run, also with several workers; a spent month starts none.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations/all.js';
import { AssistantsService } from '../../src/assistants/assistants.service.js';
import { parseEnvironment } from '../../src/config/environment.js';
import type { Runtime } from '../../src/config/runtime.js';
import { openDatabase } from '../../src/database/open-database.js';
import type { RunQueue } from '../../src/learning/runs/run-queue.js';
import { RunRequests } from '../../src/learning/runs/run-requests.js';
import { TrainingRuns } from '../../src/learning/runs/training-runs.js';
import { LearningSettings } from '../../src/learning/settings/learning-settings.js';
import { ExamplePool } from '../../src/learning/snapshot/example-pool.js';
import { TaughtExamples } from '../../src/learning/snapshot/taught-example.js';
import { addAssistant, addExample, addRun } from '../support/examples.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

const quiet = { log: () => undefined, warn: () => undefined };
const HOUR_MS = 3_600_000;
const OWN = {
  ...{ schedule: null, minExamples: null, maxMinutes: null, maxTokens: null, niceness: null, monthMinutes: null },
};

let postgres: TestPostgres;
let database: DataSource;
let assistantId: string;
let settings: LearningSettings;
let requests: RunRequests;
let runs: TrainingRuns;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await openDatabase({ url: postgres.url, migrations, logger: quiet });
  const environment = parseEnvironment({ LEARN_CRON: 'off', LEARN_MIN_EXAMPLES: '3' });
  settings = new LearningSettings(database, { environment } as Runtime);
  runs = new TrainingRuns(database);
  const queue = { push: () => Promise.resolve() } as unknown as RunQueue;
  const [pool, taught] = [new ExamplePool(database), new TaughtExamples(database)];
  requests = new RunRequests(new AssistantsService(database), runs, pool, taught, queue, settings);
}, 120_000);
afterAll(async () => {
  await database?.destroy();
  await postgres?.remove();
});
beforeEach(async () => void (assistantId = await addAssistant(database)));

const set = (own: Partial<typeof OWN> | { schedule?: string; monthMinutes?: number; maxMinutes?: number }) =>
  settings.change(assistantId, 'Ada', { ...OWN, ...own }, '');
const isDue = (now: Date) => settings.isDue({ id: assistantId }, now);
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);

describe('a schedule', () => {
  it('fires at its moments, for one worker each time, and not for what was before it was set', async () => {
    expect(await isDue(inMinutes(600))).toBe(false);
    await set({ schedule: '*/10 * * * *' });
    expect(await isDue(new Date())).toBe(false);
    const later = inMinutes(11);
    const workers = await Promise.all([isDue(later), isDue(later), isDue(later)]);
    expect(workers.filter(Boolean)).toHaveLength(1);
    expect(await isDue(later)).toBe(false);
    expect(await isDue(inMinutes(22))).toBe(true);
  });

  it('is not made up for when its moment is long past', async () => {
    await set({ schedule: '0 3 * * *' });
    const next = new Date((await settings.view(assistantId, 0)).nextAt ?? '');
    expect(await isDue(new Date(next.getTime() + 2 * HOUR_MS))).toBe(false);
    expect(await isDue(new Date(next.getTime() + 25 * HOUR_MS))).toBe(false);
    expect(await isDue(new Date(next.getTime() + 48 * HOUR_MS + 60_000))).toBe(true);
  });

  it('begins with the assistant where it is the configuration’s', async () => {
    const environment = parseEnvironment({ LEARN_CRON: '*/10 * * * *' });
    const configured = new LearningSettings(database, { environment } as Runtime);
    expect(await configured.isDue({ id: assistantId })).toBe(false);
    expect(await configured.isDue({ id: assistantId }, inMinutes(11))).toBe(true);
  });
});

describe('a budget', () => {
  const workedThisMonth = async (minutes: number) => {
    const id = await addRun(database, assistantId);
    await database.query('UPDATE training_runs SET worked_seconds = $2 WHERE id = $1', [id, 60 * minutes]);
  };
  const teach = async () => {
    for (const question of ['One?', 'Two?', 'Three?']) await addExample(database, assistantId, question);
  };
  const started = async () => (await runs.list(assistantId)).filter(({ trigger }) => trigger === 'threshold');

  it('holds for every run that nobody says otherwise about', async () => {
    await set({ maxMinutes: 20 });
    expect(await settings.forRun(assistantId)).toMatchObject({ maxMinutes: 20, maxTokens: 20_000_000, niceness: 19 });
    expect(await settings.forRun(assistantId, { maxMinutes: 5 })).toMatchObject({ maxMinutes: 5 });
  });

  it('of a month shortens what starts by itself, and ends it when it is spent', async () => {
    await set({ monthMinutes: 30 });
    await workedThisMonth(31);
    await teach();
    await requests.startAutomatic();
    expect(await started()).toEqual([]);
    await set({ monthMinutes: 40 });
    await requests.startAutomatic();
    expect(await started()).toMatchObject([{ settings: { maxMinutes: 9 } }]);
  });
});
