// Every page of the console, in a real Chromium on the real service: who gets in, that the keyboard reaches everything, and that no page
// has an accessibility violation, light or dark.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { axeViolations, describeInBrowser as describe, openBrowser } from '../support/browser.js';
import { fillConsole, SHOWN } from '../support/console-fixtures.js';
import {
  firstSignIn,
  NO_VIOLATIONS,
  openWindow,
  picture,
  signInToConsole,
  violationsIn,
  wrongIn,
} from '../support/console.js';
import { FIRST_PASSWORD, OWN_PASSWORD } from '../support/people.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

const START_MS_MAX = 240_000;
const ADMIN = 'admin@localhost';

let service: ServiceUnderTest;
let browser: Browser;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  service = await startService({ ADMIN_PASSWORD: FIRST_PASSWORD, RETUNE_ROLES: 'web' });
  page = await openWindow(browser, 'about:blank', errors);
}, START_MS_MAX);

afterAll(async () => {
  await browser?.close();
  await service?.stop();
}, START_MS_MAX);

function expectOnlyRefusals(): void {
  expect(wrongIn(errors)).toEqual([]);
}

/** Light and dark; in the dark nothing but the colours is another. */
async function expectAccessible(): Promise<void> {
  expect(await violationsIn(page, ['color-contrast'])).toEqual(NO_VIOLATIONS);
}

describe('signing in', () => {
  it('turns away a wrong password with a sentence, and has no accessibility violation', async () => {
    await page.goto(`${service.url}/console`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await expectAccessible();
    await signInToConsole(page, ADMIN, 'not this one');
    await page.getByText('The e-mail or the password is wrong.').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    expectOnlyRefusals();
  });

  it('lets the first administrator in once they have chosen a password, and keeps them in over a reload', async () => {
    await firstSignIn(page);
    await page.getByText('Base model answers now.').waitFor();
    await page.reload();
    await page.getByText('Base model answers now.').waitFor();
    expectOnlyRefusals();
  });

  it('signs out, forgets, and lets them in again', async () => {
    await page.getByRole('button', { name: 'Administrator' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.reload();
    await signInToConsole(page, ADMIN, OWN_PASSWORD);
    await page.getByRole('navigation').waitFor();
    expectOnlyRefusals();
  });
});

describe('administration', () => {
  it('adds a user, who gets in with the password for once and sees what their role allows', async () => {
    await page.getByRole('link', { name: 'Users' }).click();
    await page.getByRole('button', { name: 'Add a user' }).click();
    await page.getByRole('textbox', { name: 'E-mail' }).fill('nora@shop.example');
    await page.getByRole('textbox', { name: 'Name' }).fill('Nora');
    await page.getByRole('button', { name: 'Add a role' }).click();
    await page.getByLabel('Assistant of role 1').selectOption('Retune demo');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'A password for Nora' });
    const password = await dialog.locator('code').innerText();
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('row', { name: /Nora.*agent of demo/ }).waitFor();
    const theirs = await page.context().browser()!.newPage();
    await theirs.goto(`${service.url}/console`);
    await firstSignIn(theirs, 'nora@shop.example', password);
    expect(await theirs.getByRole('link', { name: 'Users' }).count()).toBe(0);
    await theirs.close();
    expectOnlyRefusals();
  });

  it('makes a key for a machine, shows it once, and revokes it', async () => {
    await page.getByRole('link', { name: 'API keys' }).click();
    await page.getByRole('button', { name: 'Make a key' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Reports');
    await page.getByLabel('May only look').check();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Make', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'The key “Reports”' });
    const key = await dialog.locator('code').innerText();
    await dialog.getByRole('button', { name: 'Done' }).click();
    const asMachine = () => fetch(`${service.url}/api/v1/assistants`, { headers: { authorization: `Bearer ${key}` } });
    expect((await asMachine()).status).toBe(200);
    await page.getByRole('button', { name: 'Revoke Reports' }).click();
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByRole('row', { name: /Reports\s*Revoked/ }).waitFor();
    expect((await asMachine()).status).toBe(401);
    expectOnlyRefusals();
  });
});

/** Every page and what shows that it is there. */
const PAGES: [path: string, title: string | RegExp][] = [
  ['a/demo/overview', 'Retune demo'],
  ['a/demo/timeline', 'Timeline'],
  ['a/demo/versions', 'Versions'],
  ['a/demo/versions/1', 'Version 1'],
  ['a/demo/compare?versions=0,1', 'Compare versions'],
  ['a/demo/rollouts', 'Rollouts'],
  [`a/demo/rollouts/${SHOWN.rollout}`, 'Version 2 on canary'],
  ['a/demo/training', 'Training'],
  [`a/demo/training/${SHOWN.run}`, 'Training run'],
  ['a/demo/feedback', 'Feedback pool'],
  ['a/demo/prompts', 'Prompt versions'],
  ['a/demo/playground', 'Playground'],
  ['a/demo/gate-canaries', 'Gate canaries'],
  ['a/demo/widget', 'Widget'],
  ['inbox', 'Inbox'],
  [`conversations/${SHOWN.conversation}`, /./],
  ['review', 'Review'],
  ['comparisons', 'Comparison'],
  ['health', 'Health'],
  ['audit', 'Audit'],
  ['users', 'Users'],
  ['api-keys', 'API keys'],
  ['account', 'My account'],
];

describe('pages', () => {
  beforeAll(() => fillConsole(service.databaseUrl));

  it.each(PAGES)(
    '%s has no accessibility violation, light or dark, and Tab reaches everything',
    async (path, title) => {
      await page.goto(`${service.url}/console/${path}`);
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      await page.getByText('Loading…').first().waitFor({ state: 'detached' });
      await expectAccessible();
      if (PICTURED[path]) await picture(page, PICTURED[path]);
      expect(await outOfReach(page)).toEqual([]);
      expectOnlyRefusals();
    },
  );

  it('tells as much of a run to whoever comes from the overview, which says less of it', async () => {
    await page.goto(`${service.url}/console/a/demo/overview`);
    await page.getByRole('region', { name: 'Training runs' }).locator('li').first().waitFor();
    await page.getByRole('navigation').getByRole('link', { name: 'Training', exact: true }).click();
    await page.getByText(/Worked on for \S+ \w+\./).waitFor();
    expect(await page.getByRole('main').innerText()).not.toMatch(/NaN|undefined|Invalid/);
    expectOnlyRefusals();
  });

  it('goes from page to page by keyboard alone', async () => {
    await page.goto(`${service.url}/console/account`);
    await page.getByRole('heading', { level: 1, name: 'My account' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the page');
    for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
      if ((await page.evaluate('document.activeElement.textContent')) === 'Audit') break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    // The title has the focus then, so that a screen reader says where one is.
    await page.locator('h1:focus', { hasText: 'Audit' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys of this page' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expectOnlyRefusals();
  });
});

/** With SCREENSHOTS=1, these pictures are renewed; the others are by the tests that fill them. */
const PICTURED: Record<string, string> = {
  ...{ 'a/demo/overview': 'overview', health: 'health', audit: 'audit', users: 'users' },
};

const TABS_MAX = 60;
/** Asking the page takes as long as pressing the key. */
const LOOK_TABS = 8;

/** What one can act on but the Tab key doesn't come by, e.g. `<button> Save`. Of a group of radio buttons one is enough. */
async function outOfReach(tab: Page): Promise<string[]> {
  const count = await tab.evaluate<number>(`(() => {
    const all = document.querySelectorAll('a[href], button, input:not([type=radio]), select, textarea, summary, [role=tab]');
    const seen = [...all].filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.tabIndex >= 0);
    seen.forEach((e) => e.setAttribute('data-to-reach', ''));
    document.activeElement?.blur();
    document.addEventListener('focusin', ({ target }) => target.removeAttribute('data-to-reach'));
    return seen.length;
  })()`);
  for (let tabs = 0; tabs < 2 * count + TABS_MAX; tabs += 1) {
    await tab.keyboard.press('Tab');
    if (tabs % LOOK_TABS > 0) continue;
    if ((await tab.evaluate<number>(`document.querySelectorAll('[data-to-reach]').length`)) === 0) return [];
  }
  return tab.evaluate<string[]>(
    `[...document.querySelectorAll('[data-to-reach]')].map((e) => '<' + e.localName + '> ' + (e.ariaLabel ?? e.textContent))`,
  );
}
