// An agent takes over a live chat and hands it back: the customer in the real widget, the agent in the console, the real model between them.
// With SCREENSHOTS=1 it also renews the pictures in docs/images/.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Browser, Page } from 'playwright-core';
import { axeViolations, describeInBrowser as describe, openBrowser } from '../support/browser.js';
import { openWindow, picture, signInToConsole, wrongIn } from '../support/console.js';
import { FIRST_PASSWORD, OWN_PASSWORD, people } from '../support/people.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

const START_MS_MAX = 240_000;
/** The model writes on a shared processor. */
const ANSWER_MS_MAX = 60_000;

let service: ServiceUnderTest;
let browser: Browser;
let customer: Page;
let agent: Page;
const errors: string[] = [];

const field = () => customer.getByLabel('Your message');
const button = (name: string) => agent.getByRole('button', { name, exact: true });
const log = () => agent.getByRole('log', { name: 'Conversation' });
const theirs = () => customer.locator('.theirs.complete');

async function say(text: string): Promise<void> {
  await field().fill(text);
  await field().press('Enter');
}

beforeAll(async () => {
  browser = await openBrowser();
  service = await startService({ ADMIN_PASSWORD: FIRST_PASSWORD, CHAT_MAX_ANSWER_TOKENS: '200' });
  const { email } = await people(service.url).person('Kim', [{ assistant: 'demo', role: 'agent' }]);
  customer = await openWindow(browser, `${service.url}/demo`, errors);
  agent = await openWindow(browser, `${service.url}/console`, errors);
  await signInToConsole(agent, email, OWN_PASSWORD);
  await agent.getByRole('heading', { name: 'Inbox' }).waitFor();
}, START_MS_MAX);

afterAll(async () => {
  await browser?.close();
  await service?.stop();
}, START_MS_MAX);

describe('an agent takes over', () => {
  it('sees who asks for a person, and what the assistant says to them as it says it', async () => {
    await customer.getByRole('button', { name: 'Open chat' }).click();
    await customer.locator('.presence.online').waitFor();
    await say('Say yes.');
    await theirs().first().waitFor({ timeout: ANSWER_MS_MAX });
    await agent.getByRole('tab', { name: 'Handled by assistant' }).click();
    await agent.getByRole('link', { name: /Visitor/ }).waitFor();
    await customer.getByRole('button', { name: 'More' }).click();
    await customer
      .getByRole('menuitem', { name: 'Talk to a person' })
      .or(customer.getByText('Talk to a person'))
      .first()
      .click();
    // Without a click: the word comes over the socket.
    await agent.getByRole('tab', { name: 'Needs a human (1)' }).click();
    const row = agent.getByRole('link', { name: /Visitor.*waits 0 min/ });
    await row.waitFor();
    expect(await axeViolations(agent)).toEqual([]);
    await picture(agent, 'inbox');
    await row.click();
    await log().getByText('Say yes.').waitFor();
    await log().getByText('The customer asked for a person').waitFor();
    await say('Tell me a very long story about a bank.');
    await log().locator('[data-role=assistant][aria-busy=true] .turn-text').waitFor({ timeout: ANSWER_MS_MAX });
    await log().locator('[aria-busy=true]').getByText('Base model').waitFor();
    const shown = log().locator('[aria-busy=true] .turn-text');
    const begun = (await shown.innerText()).length;
    // It grows before the agent's eyes.
    for (const endMs = Date.now() + ANSWER_MS_MAX; (await shown.innerText()).length <= begun;) {
      if (Date.now() > endMs) throw new Error('The answer did not grow.');
      await agent.waitForTimeout(20);
    }
  }, 120_000);

  it('writes a private note, which the customer never sees, then takes over: the assistant falls silent in the middle', async () => {
    await agent.getByLabel('Private note').fill('Seems to be in a hurry.');
    await button('Save note').click();
    await log().getByText('Seems to be in a hurry.').waitFor();
    await button('Take over').click();
    await log().getByText('Kim took over').waitFor();
    const ended = log().locator('article', { hasText: 'Ended by the take-over' });
    await ended.getByText('Base model').waitFor();
    await customer.locator('.handover', { hasText: 'Kim' }).waitFor();
    expect(await customer.getByText('in a hurry').count()).toBe(0);
  }, 60_000);

  it('both see that the other one types, and talk', async () => {
    await agent.getByLabel('Message to the customer').pressSequentially('Hello');
    await customer.locator('.handover', { hasText: 'Kim is typing…' }).waitFor();
    await agent.getByLabel('Message to the customer').fill('Hello, this is Kim.');
    await agent.keyboard.press('Control+Enter');
    await customer.locator('.agent', { hasText: 'Hello, this is Kim.' }).waitFor();
    await customer.locator('.handover', { hasText: 'You are talking to Kim' }).waitFor();
    await field().pressSequentially('Good');
    await agent.getByText('The customer is typing…').waitFor();
    await say('Good to talk to somebody.');
    await log().getByText('Good to talk to somebody.').waitFor();
    await agent.getByText('The customer is typing…').waitFor({ state: 'detached' });
    expect(await axeViolations(agent)).toEqual([]);
    await picture(agent, 'conversation');
    await agent.emulateMedia({ colorScheme: 'dark' });
    expect(await axeViolations(agent)).toEqual([]);
    await picture(agent, 'conversation-dark');
    await agent.emulateMedia({ colorScheme: 'light' });
  }, 60_000);

  it('hands it back, which leaves a mark, and the assistant answers again', async () => {
    await button('Return to assistant').click();
    await log().getByText('Kim returned it to the assistant').waitFor();
    await customer.locator('.handover').waitFor({ state: 'detached' });
    const answers = await theirs().count();
    await say('Say yes again.');
    await theirs().nth(answers).waitFor({ timeout: ANSWER_MS_MAX });
    await log().getByText('Say yes again.').waitFor();
    await log().getByRole('button', { name: 'Rate or correct' }).last().click();
    await agent.getByRole('region', { name: 'This answer' }).getByRole('button', { name: 'Save' }).waitFor();
    expect(await axeViolations(agent)).toEqual([]);
    await button('Close').click();
    await log().getByText('Kim closed it').waitFor();
    await agent.getByRole('link', { name: '← Inbox' }).click();
    await agent.getByRole('tab', { name: 'Closed' }).click();
    await agent.getByRole('link', { name: /Visitor/ }).waitFor();
  }, 120_000);
});

describe('the inbox with thousands of conversations', () => {
  it('shows only the rows on the screen, goes on as one scrolls, and is walked through by keys', async () => {
    const database = new pg.Client(service.databaseUrl);
    await database.connect();
    await database.query(`INSERT INTO conversations (assistant_id, token_hash, last_seq, last_message_at)
      SELECT id, 'none', 1, now() - n * interval '1 minute' FROM assistants, generate_series(1, 3000) AS n WHERE slug = 'demo'`);
    await database.end();
    await agent.reload();
    await agent.getByRole('tab', { name: 'Handled by assistant' }).click();
    const rows = agent.locator('.inbox-rows li');
    // The list before, of another tab, had one row.
    await rows.nth(5).waitFor();
    for (const reached of [200, 600, 1_000]) {
      for (const endMs = Date.now() + 20_000; Number(await rows.last().getAttribute('data-index')) < reached - 10;) {
        if (Date.now() > endMs) throw new Error(`Row ${reached} did not come.`);
        await agent.evaluate(`document.querySelector('.inbox-list')?.scrollTo({ top: 1e9 })`);
        await agent.waitForTimeout(50);
      }
      expect(await rows.count()).toBeLessThan(50);
    }
    await agent.getByRole('button', { name: 'Back to the newest' }).click();
    await agent.locator('.inbox-rows li[data-index="0"]').waitFor();
    await agent.keyboard.press('j');
    await agent.keyboard.press('j');
    await agent.locator('.inbox-rows li[data-index="1"] a:focus').waitFor();
    await agent.keyboard.press('k');
    await agent.locator('.inbox-rows li[data-index="0"] a:focus').waitFor();
    await agent.keyboard.press('/');
    await agent.keyboard.type('nothing like that');
    await agent.getByText('No conversation is like that.').waitFor();
  }, 120_000);

  it('opens a very long conversation at its end, and leads back to its beginning', async () => {
    const database = new pg.Client(service.databaseUrl);
    await database.connect();
    const { rows } = await database.query<{ id: string }>(
      `WITH begun AS (INSERT INTO conversations (assistant_id, token_hash, last_seq)
        SELECT id, 'none', 450 FROM assistants WHERE slug = 'demo' RETURNING id)
      INSERT INTO messages (conversation_id, seq, role, text, status)
        SELECT id, n, 'customer', 'Message ' || n || '.', 'complete' FROM begun, generate_series(1, 450) AS n
        RETURNING conversation_id AS id`,
    );
    await database.end();
    await agent.goto(`${service.url}/console/conversations/${rows[0]?.id}`);
    await log().getByText('Message 450.').waitFor();
    for (let steps = 0; (await log().getByText('Message 1.', { exact: true }).count()) === 0 && steps < 10; steps++) {
      await button('Show earlier messages').click();
      await agent.waitForTimeout(300);
    }
    await log().getByText('Message 1.', { exact: true }).waitFor();
    expect(await button('Show earlier messages').count()).toBe(0);
    await button('Back to the newest messages').click();
    await log().getByText('Message 450.').waitFor();
    expect(wrongIn(errors)).toEqual([]);
  }, 120_000);
});
