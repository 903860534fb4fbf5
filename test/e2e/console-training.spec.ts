// What an operator does about learning, in Chromium on the real service: follows a run live, looks through the feedback, writes a prompt and
// tries it, guards an answer by a canary, and gives the widget its looks. With SCREENSHOTS=1 it also renews the pictures in docs/images/.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import pg from 'pg';
import type { Browser, Page } from 'playwright-core';
import { answered } from '../support/answered.js';
import { axeViolations, describeInBrowser as describe, openBrowser } from '../support/browser.js';
import { firstSignIn, NO_VIOLATIONS, openWindow, picture, violationsIn, wrongIn } from '../support/console.js';
import { FIRST_PASSWORD } from '../support/people.js';
import { restClient } from '../support/rest.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

const START_MS_MAX = 240_000;
/** The learner gives way to everything else on the machine. */
const RUN_MS_MAX = 180_000;
const TAUGHT: [question: string, right: string, slice: string][] = [
  ['How long does a card take?', 'Three working days.', 'cards'],
  ['When does my card come?', 'Within three working days.', 'cards'],
  ['Is there a fee for cash?', 'The first five are free.', 'fees'],
];

let service: ServiceUnderTest;
let browser: Browser;
let page: Page;
let database: pg.Client;
const errors: string[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  service = await startService({
    ...{ ADMIN_PASSWORD: FIRST_PASSWORD, LEARN_MIN_EXAMPLES: '1000000', LEARN_AUTO_PROMOTE: 'false' },
    ...{ LEARN_EPOCHS: '100', CHAT_MAX_ANSWER_TOKENS: '12', MEMORY: 'true' },
  });
  database = new pg.Client(service.databaseUrl);
  await database.connect();
  await teach();
  page = await openWindow(browser, `${service.url}/console`, errors);
  await firstSignIn(page);
}, START_MS_MAX);

afterAll(async () => {
  await browser?.close();
  await database?.end();
  await service?.stop();
}, START_MS_MAX);

/** What agents have corrected. */
async function teach(): Promise<void> {
  const rest = restClient(service.url);
  for (const [question, text, slice] of TAUGHT) {
    const { answerId } = await answered(database, question, 'I do not know.');
    const body = { text, slice };
    const made = await rest.post(`/api/v1/messages/${answerId}/corrections`, { token: service.agentToken, body });
    expect(made.status).toBe(201);
  }
}

const open = async (name: string) => {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
};
const card = (name: string) => page.getByRole('region', { name });
const dialog = () => page.getByRole('dialog');

/** Pages that the documentation shows. */
const PICTURED = new Set(['training', 'feedback', 'prompt-editor', 'playground', 'widget']);

/** No accessibility violation, light and dark; no error in the browser's console. */
async function expectSound(name: string): Promise<void> {
  expect({ name, ...(await violationsIn(page)) }).toEqual({ name, ...NO_VIOLATIONS });
  if (process.env.SCREENSHOTS && PICTURED.has(name)) {
    for (const note of await page.getByRole('button', { name: 'Close', exact: true }).all()) await note.click();
    await picture(page, name);
  }
  expect(wrongIn(errors)).toEqual([]);
}

describe('training', () => {
  it('has a schedule and a budget that are set with a reason', async () => {
    await open('Training');
    await card('Schedule and budget').getByText('Never').waitFor();
    await card('Schedule and budget').getByRole('button', { name: 'Change' }).click();
    await dialog().getByRole('combobox', { name: 'Start by itself' }).click();
    await page.getByRole('option', { name: 'Every night at 3:00' }).click();
    await dialog().getByLabel('Longest run, minutes').fill('20');
    await dialog().getByLabel('Reason').fill('Nights are quiet.');
    expect(await axeViolations(page)).toEqual([]);
    await dialog().getByRole('button', { name: 'Save' }).click();
    await card('Schedule and budget').getByText('20 min').waitFor();
    await card('Schedule and budget').getByText('New examples: 3 of').waitFor();
    await card('Schedule and budget').getByText('Never').waitFor({ state: 'detached' });
    await card('Schedule and budget')
      .getByText(/3:00\sAM$/)
      .waitFor();
  });

  it(
    'shows a run as it goes, with its loss, speed and time left, pauses it, lets it go on, and cancels it',
    async () => {
      await page.getByRole('button', { name: 'Start a training run' }).click();
      await dialog().getByRole('button', { name: 'Start', exact: true }).click();
      const now = card('Now');
      await now.getByText(/\d+ of \d+/).waitFor({ timeout: RUN_MS_MAX });
      await now.getByText('Tokens a second').waitFor();
      await now.getByText(/^\d+ (s|min)$/).waitFor();
      await now.getByRole('img', { name: 'Loss; the numbers are in the table' }).waitFor({ timeout: RUN_MS_MAX });
      await now.getByRole('button', { name: 'Show the numbers' }).click();
      await now.getByRole('table').waitFor();
      if (process.env.SCREENSHOTS) {
        // A picture of a run that has learnt something, without the long table.
        await now.getByText(/^[2-9]\d of/).waitFor({ timeout: RUN_MS_MAX });
        await now.getByRole('button', { name: 'Hide the numbers' }).click();
      }
      await expectSound('training');
      await now.getByRole('button', { name: 'Pause' }).click();
      await now.getByText('Paused').waitFor();
      await now.getByRole('button', { name: 'Let it go on' }).click();
      await now.getByRole('button', { name: 'Pause' }).waitFor();
      await now.getByRole('button', { name: 'Cancel the run' }).click();
      await dialog().getByRole('button', { name: 'Cancel the run' }).click();
      await now.getByText('Nothing is being trained.').waitFor();
      await card('Runs').getByText('Cancelled').waitFor();
    },
    2 * RUN_MS_MAX,
  );

  it('tells of one run what came of it, and tries it again only where that makes sense', async () => {
    await card('Runs').getByRole('link').first().click();
    await page.getByRole('heading', { level: 1, name: 'Training run' }).waitFor();
    await card('What came of it').waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await expectSound('run');
  });
});

describe('the feedback pool', () => {
  it('is looked through by words and state, and says in which version an example was used', async () => {
    await database.query(
      `WITH run AS (INSERT INTO training_runs (assistant_id, status, trigger)
        SELECT id, 'candidate', 'request' FROM assistants WHERE slug = 'demo' RETURNING id, assistant_id),
      version AS (INSERT INTO adapter_versions
        (assistant_id, version, status, parent_version, run_id, sha256, size_bytes, base_sha256, rank, alpha)
        SELECT assistant_id, 1, 'retired', 0, id, 'x', 1, 'y', 8, 16 FROM run)
      INSERT INTO run_examples (run_id, example_id, split, "group")
        SELECT run.id, e.id, 'train', 'new' FROM run, examples e WHERE e.slice = 'fees'`,
    );
    await open('Feedback pool');
    const rows = () => card('Examples').getByRole('row');
    await card('Examples').getByText('Is there a fee for cash?').waitFor();
    expect(await rows().count()).toBe(1 + TAUGHT.length);
    await card('Examples')
      .getByRole('row', { name: /Is there a fee/ })
      .getByText('Version 1')
      .waitFor();
    await card('Examples').getByLabel('Words').fill('working card');
    await card('Examples').getByText('Is there a fee for cash?').waitFor({ state: 'detached' });
    expect(await rows().count()).toBe(3);
    await expectSound('feedback');
  });

  it('is taken away as a table, as it is filtered', async () => {
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export CSV' }).click();
    const file = await (await saved).path();
    const examples = parse<{ question: string }>(await readFile(file, 'utf8'), { columns: true, bom: true });
    expect(examples.map(({ question }) => question).sort()).toEqual(
      TAUGHT.slice(0, 2)
        .map(([q]) => q)
        .sort(),
    );
  });
});

describe('prompts', () => {
  it('are written with few-shot examples, seeing what is different, and saved to be tried first', async () => {
    await open('Prompt versions');
    await page.getByRole('button', { name: 'Write the next version' }).click();
    await page
      .getByLabel('Instructions')
      .fill('You are the support assistant of a bank. Answer in one short sentence.');
    await page.getByRole('button', { name: 'Add a few-shot example' }).click();
    const shot = page.getByRole('group', { name: 'Few-shot example 1' });
    await shot.getByLabel('Customer').fill('Are you open on Sunday?');
    await shot.getByLabel('Assistant').fill('Yes, from 9 to 5.');
    await page.getByLabel('What is different, and why').fill('Shorter answers.');
    await page.locator('ins', { hasText: 'short' }).first().waitFor();
    await expectSound('prompt-editor');
    await page.getByRole('button', { name: 'Save to try it first' }).click();
    await card('Version 2').getByText('Are you open on Sunday?').first().waitFor();
    await expectSound('prompts');
  });

  it('are tried in the playground: streamed, few-shot and zero-shot, with the memory and without', async () => {
    await open('Playground');
    await page.getByRole('combobox', { name: 'Prompt version' }).click();
    await page.getByRole('option', { name: /Version 2/ }).click();
    await page.getByLabel('Question').fill('How long does a card take?');
    await page.keyboard.press('Control+Enter');
    const log = page.getByRole('log');
    await log.getByText('Three working days.').waitFor();
    await log.getByText(/word for word/).waitFor();
    await page.getByRole('switch', { name: 'With the memory of corrections' }).uncheck();
    await page.getByText('Zero-shot', { exact: true }).click();
    await page.getByLabel('Question').fill('And a passport?');
    await page.getByRole('button', { name: 'Ask' }).click();
    await log.getByText(/zero-shot · .*tokens of prompt/).waitFor({ timeout: 60_000 });
    await expectSound('playground');
  });

  it('are activated with a reason', async () => {
    await open('Prompt versions');
    await page.getByRole('button', { name: 'Show version 2' }).click();
    await page.getByRole('button', { name: 'Activate' }).click();
    await dialog().getByLabel('Reason').fill('The playground looked right.');
    await dialog().getByRole('button', { name: 'Activate' }).click();
    await page.getByRole('row', { name: /Version 2 Active/ }).waitFor();
  });

  it('are guarded by canaries of the gate', async () => {
    await open('Gate canaries');
    await page.getByRole('button', { name: 'Write a canary' }).click();
    await dialog().getByLabel('Question').fill('What is the emergency number?');
    await dialog().getByLabel('The answer must contain').fill('112');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await page
      .getByRole('row', { name: /emergency number/ })
      .getByText('Must contain: 112')
      .waitFor();
    await page.getByText('wrote: What is the emergency number?').waitFor();
    await expectSound('gate-canaries');
  });
});

describe('the widget', () => {
  it('gets its looks in the console, with a preview that follows', async () => {
    await open('Widget');
    await page.getByLabel('Title').fill('Ask the bank');
    await page.getByLabel('Colour', { exact: true }).fill('#b3261e');
    await page.getByRole('combobox', { name: 'Side' }).click();
    await page.getByRole('option', { name: 'Left' }).click();
    await page.locator('.widget-preview[data-side=left]', { hasText: 'Ask the bank' }).waitFor();
    await page.getByText('data-key="demo"').waitFor();
    await expectSound('widget');
    await page.getByRole('button', { name: 'Save the looks' }).click();
    await page.getByText('The widget’s looks are saved.').waitFor();
  });

  it('has them on a website', async () => {
    await page.goto(`${service.url}/demo`);
    const launcher = page.getByRole('button', { name: 'Open chat' });
    await launcher.waitFor();
    expect((await launcher.boundingBox())?.x).toBeLessThan(100);
    await launcher.click();
    await page.getByRole('heading', { name: 'Ask the bank' }).waitFor();
    expect(wrongIn(errors)).toEqual([]);
  });
});
