// The loop in small with the real service, model and learner: two intents, six corrections each. The service is killed in the
// middle of training; what was acknowledged goes on. Then the learner is killed, a run is cancelled, a checkpoint can't be written.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { TrainingRunView } from '../../src/learning/learning.schema.js';
import { newCustomer, Tally } from '../demo/customer.js';
import { operatorOf, watchRun, type Operator } from '../demo/operator.js';
import { loadQuestions, type Question } from '../demo/questions.js';
import { answered } from '../support/answered.js';
import { restClient } from '../support/rest.js';
import { startService, temporaryFolder, type ServiceUnderTest } from '../support/service.js';

const SETTINGS = {
  LEARN_AUTO_PROMOTE: 'false',
  LEARN_MIN_EXAMPLES: '1000000',
  CHAT_MAX_ANSWER_TOKENS: '24',
  LEARN_EPOCHS: '6',
  LEARN_RATE: '0.002',
  AGENT_TOKEN: 'agent-of-the-learning-test',
  OPERATOR_TOKEN: 'operator-of-the-learning-test',
};
/** The learner is the nicest process of the machine: where others compute, it waits. */
const RUN_MS_MAX = 600_000;
const GONE_MS_MAX = 120_000;

let folder: string;
let service: ServiceUnderTest;
let operator: Operator;
let questions: Question[];

beforeAll(async () => {
  folder = await temporaryFolder();
  questions = loadQuestions({ intents: 2, trainEach: 6, heldOutEach: 1 }).train;
  await start();
}, 240_000);
afterAll(async () => {
  await service?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  service = await startService({ ...SETTINGS, RETUNE_DATA: folder });
  operator = operatorOf(service);
}

/** The questions with a poor answer each, corrected. */
async function teach(): Promise<void> {
  const database = new pg.Client(service.databaseUrl);
  await database.connect();
  for (const { text, wanted, intent } of questions) {
    const { answerId } = await answered(database, text, 'I do not know.');
    await operator.correct(answerId, wanted, intent);
  }
  await database.end();
}

async function ask(text: string): Promise<{ text: string; adapterVersion: number }> {
  const customer = await newCustomer(service.url, new Tally());
  try {
    return await customer.ask(text);
  } finally {
    customer.leave();
  }
}

const until = async (id: string, reached: (run: TrainingRunView) => boolean): Promise<TrainingRunView> => {
  for (;;) {
    const run = await operator.run(id);
    if (reached(run)) return run;
    if (run.error) throw new Error(`The run ended too soon: ${run.error}`);
    await sleep(200);
  }
};
const trains = ({ status, progress }: TrainingRunView) => status === 'training' && (progress?.step ?? 0) >= 1;

/** Child processes of the service that run this module. */
function childrenOf(pid: number, module: string): number[] {
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  return pids.filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes(module));
}

async function untilGone(pid: number): Promise<void> {
  const deadline = Date.now() + GONE_MS_MAX;
  while (existsSync(`/proc/${pid}`)) {
    expect(Date.now()).toBeLessThan(deadline);
    await sleep(200);
  }
}

describe('a training run', () => {
  it('is refused while there is nothing to learn', async () => {
    const path = '/api/v1/assistants/demo/training-runs';
    const token = SETTINGS.OPERATOR_TOKEN;
    const { status, body } = await restClient(service.url).post(path, { token });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'learning.nothing_new', status: 409 });
    expect((await restClient(service.url).post(path, { token: SETTINGS.AGENT_TOKEN })).status).toBe(403);
    const unknown = await restClient(service.url).get(`${path}/3f0d5c1e-6d0e-4a57-9f0c-0a8f6c3f9b11`, { token });
    expect(unknown.body).toMatchObject({ code: 'learning.run_not_found', status: 404 });
  });

  it(
    'survives a kill of the service, is judged, promoted, and rolled back',
    async () => {
      await teach();
      const { id } = await operator.startRun();
      await until(id, trains);
      await expect(operator.startRun()).rejects.toThrow(id);
      const [learner] = childrenOf(service.pid, 'learner.process');
      process.kill(service.pid, 'SIGKILL');
      await service.stop();
      await start();
      // Its learner ends by itself after at most one micro-batch.
      await untilGone(learner ?? 0);

      const run = await watchRun(operator, id, () => undefined);
      expect(run).toMatchObject({ status: 'candidate', error: null, adapterVersion: 1, settings: { attempts: 2 } });
      // Two held-out questions can't prove anything: an operator decides.
      expect(run.gateReport).toMatchObject({ verdict: 'not_enough_evidence', target: { items: 2 } });
      expect(run.result).toMatchObject({ promotion: { promoted: false } });

      await operator.promote(1, 'Looks right.');
      const taught = questions[0] as Question;
      expect(await ask(taught.text)).toMatchObject({ text: taught.wanted, adapterVersion: 1 });
      await operator.rollback('Only a test.');
      expect((await ask(taught.text)).adapterVersion).toBe(0);
    },
    RUN_MS_MAX,
  );

  it(
    'fails with a sentence when the learner is killed, and chats go on',
    async () => {
      const { id } = await operator.startRun();
      await until(id, trains);
      const [learner] = childrenOf(service.pid, 'learner.process');
      process.kill(learner ?? 0, 'SIGKILL');
      const run = await watchRun(operator, id, () => undefined);
      expect(run.status).toBe('failed');
      expect(run.error).toMatch(/^The learner ended without a result: it was killed \(SIGKILL\)/);
      expect((await ask('Hello?')).text).not.toBe('');
    },
    RUN_MS_MAX,
  );

  it(
    'is cancelled within seconds',
    async () => {
      const { id } = await operator.startRun();
      await until(id, trains);
      expect(await operator.cancelRun(id)).toMatchObject({ status: 'cancelled' });
      await expect(operator.cancelRun(id)).rejects.toThrow('cancelled already');
      for (const learner of childrenOf(service.pid, 'learner.process')) await untilGone(learner);
      expect((await operator.run(id)).status).toBe('cancelled');
    },
    RUN_MS_MAX,
  );

  it(
    'fails with a sentence when its checkpoint cannot be written',
    async () => {
      const { id } = await operator.startRun();
      await mkdir(join(folder, 'runs', id), { recursive: true });
      await writeFile(join(folder, 'runs', id, 'checkpoint'), 'a file where a folder should be');
      const run = await watchRun(operator, id, () => undefined);
      expect(run.status).toBe('failed');
      expect(run.error).toMatch(/^The learner failed: The checkpoint in .* can't be written/);
      expect((await ask('Hello?')).text).not.toBe('');
    },
    RUN_MS_MAX,
  );
});
