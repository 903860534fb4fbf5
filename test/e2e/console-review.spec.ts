// An agent's afternoon at the review queue, in a real Chromium on the real service, without the mouse: ten answers are corrected with the
// keyboard alone, one of them is taught at once; then two versions' answers are compared blind. With SCREENSHOTS=1 it renews its pictures.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Browser, Locator, Page } from 'playwright-core';
import { readAssets } from '../../src/setup/assets.js';
import { answered } from '../support/answered.js';
import { describeInBrowser as describe, openBrowser } from '../support/browser.js';
import { NO_VIOLATIONS, openWindow, picture, signInToConsole, violationsIn, wrongIn } from '../support/console.js';
import { FIRST_PASSWORD, OWN_PASSWORD, people } from '../support/people.js';
import { restClient, type Json } from '../support/rest.js';
import { startService, type ServiceUnderTest } from '../support/service.js';
import { registerVersion } from '../support/versions.js';

const START_MS_MAX = 240_000;
/** A micro-run, with its gate; the processor may be busy with much else. */
const RUN_MS_MAX = 600_000;

/** What customers asked, what was answered and what should have been. */
const ITEMS: [question: string, shown: string, right: string][] = [
  ['How long does a transfer to Spain take?', 'It takes a long time.', 'One working day.'],
  ['What does a second card cost?', 'Cards are free of charge.', 'A second card costs 5 euros.'],
  ['Can I raise my limit?', 'No, you can not raise it.', 'Yes: open the app, choose Limits, and set a new one.'],
  ['Do you offer joint accounts?', 'We offer joint accounts.', 'Not yet; we plan them for spring.'],
  ['How do I close my account?', 'Write a letter to the bank.', 'In the app under Profile, Close account.'],
  ['Is my money insured?', 'There is no insurance.', 'Yes, up to 100,000 euros.'],
  ['Why was my card declined?', 'The card is old.', 'Most often the daily limit is reached; the app tells why.'],
  ['Can I pay with my watch?', 'Watches tell the time.', 'Yes, add the card to the wallet of the watch.'],
  ['Where do I find my IBAN?', 'On the back of the card.', 'In the app under Account details.'],
  ['How do I verify my identity?', 'I do not know.', 'Show your badge to Clara.'],
];

let service: ServiceUnderTest;
let browser: Browser;
let page: Page;
let database: pg.Client;
const errors: string[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  service = await startService({
    ...{ ADMIN_PASSWORD: FIRST_PASSWORD, LEARN_MIN_EXAMPLES: '1000000', CHAT_MAX_ANSWER_TOKENS: '24' },
  });
  database = new pg.Client(service.databaseUrl);
  await database.connect();
  await people(service.url).person('Agatha', [{ assistant: 'demo', role: 'agent' }]);
  // The oldest is the last of the queue.
  for (const [question, shown] of [...ITEMS].reverse()) await ratedDown(question, shown);
  page = await openWindow(browser, `${service.url}/console/review`, errors);
  await signInToConsole(page, 'agatha@shop.example', OWN_PASSWORD);
}, START_MS_MAX);

afterAll(async () => {
  await browser?.close();
  await database?.end();
  await service?.stop();
}, START_MS_MAX);

async function ratedDown(question: string, shown: string): Promise<void> {
  const { answerId, conversationToken } = await answered(database, question, shown);
  const headers = { 'x-conversation-token': conversationToken };
  await restClient(service.url).post(`/api/v1/messages/${answerId}/ratings`, { headers, body: { value: 'down' } });
}

const item = () => page.getByRole('region', { name: 'The item' });
/** The item with this question is on the screen, and it is ours. */
async function at(question: string): Promise<void> {
  await item().getByRole('heading', { name: question }).waitFor();
  await item().getByRole('button', { name: 'Put aside' }).waitFor();
}
/** By the switch in the list of keys, which has the focus when the list opens. */
async function turnKeys(list: Locator): Promise<void> {
  await list.getByRole('switch').and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Space');
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'hidden' });
}

const field = () => item().getByLabel('What the answer should have been');
const rows = async (sql: string) => (await database.query<Json>(sql)).rows;

describe('the review queue', () => {
  it('says which keys there are, and turns them off and on', async () => {
    await at(ITEMS[0]?.[0] ?? '');
    expect(await violationsIn(page)).toEqual(NO_VIOLATIONS);
    await page.keyboard.press('?');
    const keys = page.getByRole('dialog', { name: 'Keys of this page' });
    await keys.getByText('Submit and next').waitFor();
    await keys.getByText('Something is missing').waitFor();
    await turnKeys(keys);
    await page.keyboard.press('2');
    expect(await item().getByRole('button', { name: 'Poor' }).getAttribute('aria-pressed')).toBe('false');
    await page.getByRole('button', { name: 'Keys of this page' }).press('Enter');
    await turnKeys(keys);
  });

  it('lets ten answers be corrected with the keyboard alone, one of them with reasons and a warning', async () => {
    for (const [index, [question, shown, right]] of ITEMS.entries()) {
      await at(question);
      if (index === 0) await page.keyboard.press('2');
      if (index === 0) await page.keyboard.press('3');
      await page.keyboard.press('ArrowRight');
      expect(await field().inputValue()).toBe(shown);
      if (index === 1) {
        await page.keyboard.type('Write to maria.huber@mail.example.');
        await item().getByText('There is personal data in it').waitFor();
        await page.keyboard.press('Control+a');
      }
      await page.keyboard.type(right);
      if (index === 2) {
        await item().getByText('added:').first().waitFor({ state: 'attached' });
        expect(await violationsIn(page)).toEqual(NO_VIOLATIONS);
        await picture(page, 'review');
      }
      const isLast = index === ITEMS.length - 1;
      await page.keyboard.press(isLast ? 'Control+Shift+Enter' : 'Control+Enter');
    }
    await page.getByText('All done.').waitFor();
    expect(await rows('SELECT agent_id, text FROM corrections ORDER BY created_at')).toEqual(
      ITEMS.map(([, , text]) => ({ agent_id: 'Agatha', text })),
    );
    expect(await rows(`SELECT value, reasons FROM ratings WHERE rater_kind = 'agent'`)).toEqual([
      { value: 'down', reasons: ['incorrect'] },
    ]);
    expect(await rows(`SELECT count(*)::int AS examples FROM examples WHERE kind = 'preference'`)).toEqual([
      { examples: ITEMS.length },
    ]);
  }, 120_000);

  it(
    'shows how far the one is that is taught now',
    async () => {
      const taught = page.getByRole('region', { name: 'Being taught' });
      await taught.getByText('How do I verify my identity?').waitFor();
      await taught.getByText('Version 1 has learnt it.').waitFor({ timeout: RUN_MS_MAX });
      expect(await rows('SELECT mode, requested_by, status FROM training_runs')).toEqual([
        { mode: 'micro', requested_by: 'Agatha', status: 'candidate' },
      ]);
    },
    RUN_MS_MAX,
  );

  it('takes a decision back, with its correction, and puts an item aside', async () => {
    await ratedDown('Aside?', 'Yes.');
    await at('Aside?');
    await page.keyboard.press('9');
    await page.getByText('All done.').waitFor();
    await page.keyboard.press('u');
    await at('Aside?');
    await page.keyboard.press('1');
    await page.keyboard.press('Control+Enter');
    await page.getByText('All done.').waitFor();
    expect(
      await rows(`SELECT state FROM review_items i JOIN messages m ON m.id = i.message_id WHERE m.text = 'Yes.'`),
    ).toEqual([{ state: 'submitted' }]);
    expect(wrongIn(errors)).toEqual([]);
  });

  it('tells of a decided item what is said of it meanwhile, once', async () => {
    await page.getByText(/^Submitted \(\d+\)$/).click();
    await page.getByRole('navigation', { name: 'Items' }).getByText('Aside?').click();
    const said = item().getByRole('list', { name: 'What was said so far' });
    await said.getByText('by Agatha').waitFor();
    await page.keyboard.press('ArrowLeft');
    const [{ id } = {}] = await rows(`SELECT id FROM messages WHERE text = 'Yes.'`);
    const body = { text: 'Only what an operator has put aside.', slice: 'demo' };
    const path = `/api/v1/messages/${String(id)}/corrections`;
    const made = await restClient(service.url).post<{ id: string }>(path, { token: service.agentToken, body });
    // Well before everything is asked for again because a minute is over.
    await said.first().getByText('an operator has put aside').waitFor();
    expect(await said.count()).toBe(1);
    await restClient(service.url).delete(`/api/v1/corrections/${made.body.id}`, { token: service.agentToken });
    await said.first().getByText('an operator has put aside').waitFor({ state: 'detached' });
    expect(wrongIn(errors)).toEqual([]);
  });
});

describe('the panel beside a conversation', () => {
  it('shows who said what about an answer, and takes a newer word and a word back', async () => {
    const [{ id } = {}] = await rows(
      `SELECT m.conversation_id AS id FROM corrections k JOIN messages m ON m.id = k.message_id WHERE k.text = 'Show your badge to Clara.'`,
    );
    await page.goto(`${service.url}/console/conversations/${String(id)}`);
    await page.getByRole('button', { name: 'Rate or correct' }).press('Enter');
    const panel = page.getByRole('region', { name: 'This answer' });
    const said = panel.getByRole('list', { name: 'What was said so far' });
    await said.getByText('by Agatha').waitFor();
    await said.getByText('by the customer').waitFor();
    await said.getByText('Version 1 has learnt it.').waitFor();
    expect(await violationsIn(page)).toEqual(NO_VIOLATIONS);
    await panel.getByLabel('What the answer should have been').fill('Show your badge to Clara at the desk.');
    await panel.getByRole('group', { name: 'What changes' }).getByText('at the desk').waitFor();
    await picture(page, 'answer-panel');
    await panel.getByRole('button', { name: 'Save', exact: true }).press('Enter');
    await said.getByText('Replaced').waitFor();
    await said.getByRole('button', { name: 'Take back' }).press('Enter');
    await said.getByText('Replaced').waitFor({ state: 'detached' });
    expect(await rows(`SELECT count(*)::int AS corrections FROM corrections`)).toEqual([{ corrections: ITEMS.length }]);
    expect(wrongIn(errors)).toEqual([]);
  }, 60_000);
});

describe('the comparison', () => {
  it('is voted on blind by keyboard, and tells afterwards whose answers they were', async () => {
    const { modelPath = '', modelSha256 = '' } = readAssets() ?? {};
    await registerVersion(database, { dataDir: service.dataDir, modelPath, modelSha256 }, 2);
    await answered(database, 'Is there a branch in Bregenz?', 'Yes.');
    await page.goto(`${service.url}/console/comparisons`);
    const comparison = page.getByRole('region', { name: 'The comparison' });
    await comparison.getByRole('heading', { name: 'Is there a branch in Bregenz?' }).waitFor();
    await page.getByRole('button', { name: 'A is better' }).waitFor();
    expect(await comparison.getByText(/Version \d|Base model/).count()).toBe(0);
    expect(await violationsIn(page)).toEqual(NO_VIOLATIONS);
    await picture(page, 'comparison');
    await page.keyboard.press('ArrowLeft');
    await page.getByText(/You preferred version [12]\./).waitFor();
    expect(await comparison.getByText(/Version \d/).count()).toBe(2);
    expect(await violationsIn(page)).toEqual(NO_VIOLATIONS);
    const [example] = await rows(
      `SELECT completion, rejected FROM examples WHERE source_correction_id IS NULL AND kind = 'preference'`,
    );
    expect(Object.keys(example ?? {})).toEqual(['completion', 'rejected']);
    expect(wrongIn(errors)).toEqual([]);
  }, 90_000);
});
