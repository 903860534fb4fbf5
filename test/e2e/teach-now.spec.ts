// "Teach now" on the real service: an agent's correction is paused, survives a restart, is served from the weights, and explains
// itself; another one is cancelled and tried again.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { z } from 'zod';
import { trainingRunSchema, type TrainingRunView } from '../../src/learning/learning.schema.js';
import { newCustomer, Tally } from '../demo/customer.js';
import { operatorOf, watchRun } from '../demo/operator.js';
import { answered } from '../support/answered.js';
import { restClient } from '../support/rest.js';
import { startService, temporaryFolder, type ServiceUnderTest } from '../support/service.js';

const SETTINGS = {
  LEARN_MIN_EXAMPLES: '1000000',
  CHAT_MAX_ANSWER_TOKENS: '24',
  // The answer is to come from the weights, not from the memory.
  MEMORY: 'false',
  COST_PRICE_PER_HOUR: '0.5',
  AGENT_TOKEN: 'agent-of-the-teaching-test',
  OPERATOR_TOKEN: 'operator-of-the-teaching-test',
};
const QUESTION = 'How do I verify my identity?';
const WANTED = 'Show your badge to Clara.';
const RUN_MS_MAX = 600_000;
const runs = '/api/v1/assistants/demo/training-runs';

let folder: string;
let service: ServiceUnderTest;

beforeAll(async () => {
  folder = await temporaryFolder();
  await start();
}, 240_000);
afterAll(async () => {
  await service?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  service = await startService({ ...SETTINGS, RETUNE_DATA: folder });
}

async function correct(question: string, wanted: string): Promise<string> {
  const database = new pg.Client(service.databaseUrl);
  await database.connect();
  const { answerId } = await answered(database, question, 'I do not know.');
  await database.end();
  return z.object({ id: z.uuid() }).parse(await operatorOf(service).correct(answerId, wanted, 'identity')).id;
}

async function post(path: string, token: string): Promise<{ status: number; run: TrainingRunView }> {
  const { status, body } = await restClient(service.url).post(path, { token });
  return { status, run: body as TrainingRunView };
}
const teach = (correctionId: string) => post(`/api/v1/corrections/${correctionId}/teach`, SETTINGS.AGENT_TOKEN);

async function reaches(id: string, reached: (run: TrainingRunView) => boolean): Promise<TrainingRunView> {
  for (;;) {
    const run = await operatorOf(service).run(id);
    if (reached(run)) return run;
    if (run.error) throw new Error(`The run ended too soon: ${run.error}`);
    await sleep(100);
  }
}

describe('teach now', () => {
  it(
    'waits while it is paused, also over a restart, then serves the correction from the weights',
    async () => {
      const correctionId = await correct(QUESTION, WANTED);
      const { status, run } = await teach(correctionId);
      expect([status, run.mode, run.status, run.correctionId]).toEqual([202, 'micro', 'queued', correctionId]);
      expect((await teach(correctionId)).run.id).toBe(run.id);
      await reaches(run.id, ({ status: now }) => now === 'training');
      const paused = await post(`${runs}/${run.id}/pause`, SETTINGS.OPERATOR_TOKEN);
      expect(paused.run).toMatchObject({ status: 'training' });
      expect(paused.run.pausedAt).not.toBeNull();
      await service.stop();
      await start();
      // The worker looks around when it starts: what is paused stays where it is.
      await sleep(2_000);
      expect(await operatorOf(service).run(run.id)).toMatchObject({
        status: 'training',
        pausedAt: paused.run.pausedAt,
      });
      await post(`${runs}/${run.id}/resume`, SETTINGS.OPERATOR_TOKEN);

      const ended = await watchRun(operatorOf(service), run.id, () => undefined);
      expect(ended).toMatchObject({ status: 'candidate', adapterVersion: 1, result: { stopped: 'learnt' } });
      expect(ended.gateReport).toMatchObject({ verdict: 'passed', form: 'quick' });
      expect(ended.cost).toMatchObject({ pricePerHour: 0.5, currency: 'EUR' });
      expect(ended.cost?.tokens).toBeGreaterThan(100);
      const customer = await newCustomer(service.url, new Tally());
      expect(await customer.ask(QUESTION)).toMatchObject({ text: WANTED, adapterVersion: 1 });
      customer.leave();
      expect(existsSync(join(folder, 'runs', run.id, 'checkpoint'))).toBe(false);

      const read = async (suffix: string, accept = '*/*') => {
        const headers = { authorization: `Bearer ${SETTINGS.AGENT_TOKEN}`, accept };
        const response = await fetch(`${service.url}${runs}/${run.id}/report${suffix}`, { headers });
        return { type: response.headers.get('content-type'), text: await response.text() };
      };
      const markdown = await read('', 'text/markdown');
      expect(markdown.type).toBe('text/markdown; charset=utf-8');
      expect(markdown.text).toContain(`| ${QUESTION} |`);
      expect(await read('.md')).toEqual(markdown);
      expect(JSON.parse((await read('')).text)).toMatchObject({ learnt: [{ question: QUESTION, after: WANTED }] });
      expect(await read('.svg')).toMatchObject({
        type: 'image/svg+xml; charset=utf-8',
        text: expect.stringContaining('<polyline') as unknown as string,
      });
    },
    RUN_MS_MAX,
  );

  it(
    'is tried again after it was cancelled, and only then',
    async () => {
      const { run } = await teach(await correct('When will my card arrive?', 'Call desk seven.'));
      const early = await post(`${runs}/${run.id}/retry`, SETTINGS.OPERATOR_TOKEN);
      expect([early.status, early.run]).toEqual([409, expect.objectContaining({ code: 'learning.not_to_retry' })]);
      await post(`${runs}/${run.id}/cancel`, SETTINGS.OPERATOR_TOKEN);
      const again = await post(`${runs}/${run.id}/retry`, SETTINGS.OPERATOR_TOKEN);
      expect(again.status).toBe(202);
      const { mode, correctionId, retryOf } = trainingRunSchema.parse(again.run);
      expect({ mode, correctionId, retryOf }).toEqual({
        mode: 'micro',
        correctionId: run.correctionId,
        retryOf: run.id,
      });
      await post(`${runs}/${again.run.id}/cancel`, SETTINGS.OPERATOR_TOKEN);
    },
    RUN_MS_MAX,
  );

  it('says what can’t be taught, and takes only budgets that make sense', async () => {
    expect(await teach('3f0d5c1e-6d0e-4a57-9f0c-0a8f6c3f9b11')).toMatchObject({
      status: 404,
      run: { code: 'learning.correction_not_found' },
    });
    const rest = restClient(service.url);
    const bad = await rest.post(runs, { token: SETTINGS.OPERATOR_TOKEN, body: { maxMinutes: -1 } });
    expect(bad.status).toBe(400);
    const unknown = await rest.post(runs, { token: SETTINGS.OPERATOR_TOKEN, body: { minutes: 1 } });
    expect(unknown.status).toBe(400);
  });
});
