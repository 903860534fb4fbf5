// The demo page and the console as people meet them: a real Chromium, the real service, the real model, a real Postgres.
// With SCREENSHOTS=1 it also renews the pictures in docs/images/.
import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { axeViolations, collectErrors, describeInBrowser as describe, openBrowser } from '../support/browser.js';
import { signInToConsole, wrongIn } from '../support/console.js';
import { FIRST_PASSWORD, OWN_PASSWORD, people } from '../support/people.js';
import { teachForPictures } from '../support/teach-for-pictures.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

const START_MS_MAX = 240_000;
/** The model writes on a shared processor. */
const ANSWER_MS_MAX = 90_000;
/** A training run on four corrections; the processor may be busy with much else. */
const RUN_MS_MAX = process.env.SCREENSHOTS ? 1_800_000 : 600_000;
/** A short run is enough to see one; the pictures want one that has learnt something. */
const LEARN: Record<string, string> = process.env.SCREENSHOTS ? {} : { LEARN_EPOCHS: '2', LEARN_RATE: '1e-3' };
const IMAGES = 'docs/images';

/** The first question that the demo page offers. */
const QUESTION = "My card still hasn't arrived. What should I do?";
/** What a support agent would have answered, in the order of the questions asked below. */
const RIGHT = [
  'Cards arrive within three working days. If yours is late, tap Replace in the app and we send a new one for free.',
  'The first five cash withdrawals of a month are free. After that, each costs 1.50.',
  'Open the app, choose Card and then PIN. The new PIN works at once.',
  'You can exchange 28 currencies, all of them in the app under Exchange.',
];

let service: ServiceUnderTest;
let browser: Browser;
let context: BrowserContext;
/** The tab a test is about: the demo's, then the console's beside it. */
let page: Page;
let demo: Page;
const errors: string[] = [];
/** Ids of the answers that the page heard of. */
const answered: string[] = [];

const field = () => page.getByLabel('Your message');
const answers = () => page.locator('.theirs.complete .markdown');

async function picture(name: string): Promise<void> {
  if (!process.env.SCREENSHOTS) return;
  await mkdir(IMAGES, { recursive: true });
  await page.screenshot({ path: `${IMAGES}/${name}.png` });
}

/** A new tab, whose errors count. */
async function openTab(): Promise<Page> {
  const tab = await context.newPage();
  tab.setDefaultTimeout(20_000);
  collectErrors(tab, errors);
  return tab;
}

/** Corrects an answer as a support agent does. */
async function correct(messageId: string, text: string): Promise<void> {
  const response = await fetch(`${service.url}/api/v1/messages/${messageId}/corrections`, {
    method: 'POST',
    headers: { authorization: `Bearer ${service.agentToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text, slice: 'demo' }),
  });
  expect([response.status, await response.text()]).toEqual([201, expect.any(String)]);
}

async function openChat(): Promise<void> {
  await page.getByRole('button', { name: 'Open chat' }).click();
  await page.locator('.presence.online').waitFor();
}

async function ask(question: string): Promise<void> {
  const before = await answers().count();
  await field().fill(question);
  await field().press('Enter');
  await answers().nth(before).waitFor({ timeout: ANSWER_MS_MAX });
}

beforeAll(async () => {
  browser = await openBrowser();
  service = await startService({
    ADMIN_PASSWORD: FIRST_PASSWORD,
    CHAT_MAX_ANSWER_TOKENS: '64',
    LEARN_AUTO_PROMOTE: 'false',
    LEARN_MIN_EXAMPLES: '1000000',
    ...LEARN,
  });
  context = await browser.newContext({
    viewport: { width: 1440, height: 860 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  page = await openTab();
  await page.exposeFunction('answeredBy', (id: string) => answered.push(id));
  await page.addInitScript(`document.addEventListener('retune:message', ({ detail }) => answeredBy(detail.messageId))`);
}, START_MS_MAX);

afterAll(async () => {
  await browser?.close();
  await service?.stop();
}, START_MS_MAX);

describe('demo page', () => {
  it('streams an answer of the real model into the widget, and shows which version wrote it', async () => {
    await page.goto(`${service.url}/demo`);
    await page.getByRole('button', { name: "My card hasn't arrived" }).click();
    await page.locator('.presence.online').waitFor();
    expect(await field().inputValue()).toBe(QUESTION);
    await field().press('Enter');
    // Seen while it grows: it is streamed.
    await page.locator('.markdown.growing').waitFor({ timeout: ANSWER_MS_MAX });
    await answers().first().waitFor({ timeout: ANSWER_MS_MAX });
    expect((await answers().first().innerText()).length).toBeGreaterThan(10);
    expect(await page.locator('#version').innerText()).toBe('Base model');
    await page.locator('#feed', { hasText: 'Base model answered' }).waitFor();
  }, 120_000);

  it('sends a thumb up at once, and a thumb down with its reason and note', async () => {
    await page.getByRole('button', { name: 'Good answer' }).click();
    await page.locator('[aria-label="Good answer"][aria-pressed=true]').waitFor();
    await ask('Why was I charged a fee for a cash withdrawal?');
    await page.getByRole('button', { name: 'Poor answer' }).last().click();
    await page.getByLabel('It is wrong').check();
    await page.getByLabel('What would have been right?').fill('The first three withdrawals of a month are free.');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send rating' }).click();
    await page.locator('[aria-label="Poor answer"][aria-pressed=true]').waitFor();
    await page.locator('#ratings', { hasText: '1 up, 1 down' }).waitFor();
  }, 120_000);

  it('has the conversation and its ratings back after a reload', async () => {
    const said = await answers().allInnerTexts();
    await page.reload();
    await openChat();
    await answers().nth(1).waitFor();
    expect(await answers().allInnerTexts()).toEqual(said);
    expect(await page.locator('.mine .bubble').count()).toBe(2);
    expect(await page.locator('.thumb[aria-pressed=true]').count()).toBe(2);
  });

  it.each(['light', 'dark'] as const)(
    'has no accessibility violation in %s, chat open',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await ask(colorScheme === 'light' ? 'How do I change my PIN?' : 'Which currencies can I exchange?');
      expect(await axeViolations(page)).toEqual([]);
    },
    120_000,
  );

  it('wrote no error into the console of the browser', () => {
    expect(errors).toEqual([]);
  });
});

describe('console', () => {
  const card = (title: string) => page.getByRole('region', { name: title });

  it('shows no versions to an agent', async () => {
    demo = page;
    page = await openTab();
    const { person } = people(service.url);
    await person('Ben', [{ assistant: null, role: 'agent' }]);
    await person('Mara', [{ assistant: null, role: 'operator' }]);
    await page.goto(`${service.url}/console`);
    await signInToConsole(page, 'ben@shop.example', OWN_PASSWORD);
    await page.getByRole('button', { name: 'Ben' }).click();
    expect(await page.getByRole('link', { name: 'Overview' }).count()).toBe(0);
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    // The browser itself reports that there was nobody to sign in again without asking.
    expect(wrongIn(errors)).toEqual([]);
  });

  it('shows the versions, the runs and the decisions to an operator', async () => {
    await signInToConsole(page, 'mara@shop.example', OWN_PASSWORD);
    await card('Adapter versions')
      .getByRole('row', { name: /Base model Champion/ })
      .waitFor();
    await page.getByText('Base model answers now.').waitFor();
    await page.getByText('No training run yet.').waitFor();
    await page.getByText('Each promotion and rollback is written here').waitFor();
  });

  it(
    'starts a training run and shows how it goes, until there is a version',
    async () => {
      expect(answered).toHaveLength(RIGHT.length);
      if (process.env.SCREENSHOTS) await teachForPictures(service);
      else for (const [index, id] of answered.entries()) await correct(id, RIGHT[index] ?? '');
      await page.getByRole('button', { name: 'Start a training run' }).click();
      await page.getByRole('button', { name: 'A run is going on' }).waitFor();
      await card('Training runs')
        .getByText(/step \d+ of \d+ · loss/)
        .waitFor({ timeout: RUN_MS_MAX });
      const run = card('Training runs').locator('li').first();
      await run.locator('.tone', { hasText: /^(Done|Failed|Refused|Cancelled)/ }).waitFor({ timeout: RUN_MS_MAX });
      expect(await run.innerText()).toMatch(/^Done\s+Version 1/);
      await page.getByRole('button', { name: 'Promote: Version 1' }).waitFor();
    },
    2 * RUN_MS_MAX,
  );

  it('promotes a version with a reason: the next answer is its', async () => {
    await page.getByRole('button', { name: 'Promote: Version 1' }).click();
    await page.getByLabel('Reason').fill('Answers about new cards are right now.');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Promote', exact: true }).click();
    await page.getByText('Version 1 answers now.').waitFor();
    await card('Decisions').getByText('Version 1 promoted').waitFor();
    await card('Decisions').getByText('by Mara').waitFor();
    await card('Decisions').getByText('Answers about new cards are right now.').waitFor();
    await demo.bringToFront();
    const operator = page;
    page = demo;
    await ask(QUESTION);
    expect(await page.locator('#version').innerText()).toBe('Version 1');
    await page.getByText('Version 1 took over').waitFor();
    await page.locator('#versions .champion', { hasText: 'Version 1' }).waitFor();
    await page.locator('#run', { hasText: 'Made a version' }).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await picture(`demo-${colorScheme}`);
    }
    page = operator;
    await page.bringToFront();
  }, 120_000);

  it('rolls back with a reason', async () => {
    await page.getByRole('button', { name: 'Roll back to Base model' }).click();
    await page.getByLabel('Reason').fill('Trying it out.');
    await page.getByRole('button', { name: 'Roll back', exact: true }).click();
    await page.getByText('Base model answers now.').waitFor();
    await card('Decisions').getByText('Rolled back from version 1 to base model').waitFor();
    await card('Adapter versions')
      .getByRole('row', { name: /Version 1 Retired/ })
      .waitFor();
  }, 60_000);

  it.each(['light', 'dark'] as const)('has no accessibility violation in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    expect(await axeViolations(page)).toEqual([]);
  });

  it('stays signed in over a reload, signs out, and wrote no error into the console of the browser', async () => {
    await page.reload();
    await page.getByText('Base model answers now.').waitFor();
    await page.getByRole('button', { name: 'Mara' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(wrongIn(errors)).toEqual([]);
  });
});
