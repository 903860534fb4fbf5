// The console in a browser, for tests: signs in as people do, and looks at it light and dark.
import type { Browser, Page } from 'playwright-core';
import { axeViolations, collectErrors } from './browser.js';
import { FIRST_PASSWORD, OWN_PASSWORD } from './people.js';

/** What the browser itself reports as errors: refused requests, and connections that a reload cuts off. */
const NO_ERRORS = /status of 40[139]|WebSocket is closed before/;

/** Takes what went wrong in a browser's windows since the last look. */
export const wrongIn = (errors: string[]): string[] => errors.splice(0).filter((error) => !NO_ERRORS.test(error));

/**
 * Accessibility violations in dark and in light colours, which it leaves on.
 * @param darkRules only these in the dark; default: all
 */
export async function violationsIn(page: Page, darkRules?: string[]): Promise<Record<'dark' | 'light', string[]>> {
  const inScheme = async (colorScheme: 'dark' | 'light', rules?: string[]) => {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    return axeViolations(page, rules);
  };
  return { dark: await inScheme('dark', darkRules), light: await inScheme('light') };
}

/** What `violationsIn` says of a page that everybody can use. */
export const NO_VIOLATIONS = { dark: [], light: [] };

/** With SCREENSHOTS=1, renews a picture in docs/images/. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `docs/images/console-${name}.png` });
}

/** A person's own browser window at an address, without animations. @param errors is added what goes wrong in it */
export async function openWindow(browser: Browser, url: string, errors: string[]): Promise<Page> {
  const context = await browser.newContext({
    ...{ viewport: { width: 1440, height: 900 }, colorScheme: 'light', reducedMotion: 'reduce' },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  collectErrors(page, errors);
  await page.goto(url);
  return page;
}

/** Fills the sign-in page and waits for what comes after it. */
export async function signInToConsole(page: Page, email: string, password: string): Promise<void> {
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** The first administrator's first time: signs in and chooses a password of their own. */
export async function firstSignIn(page: Page, email = 'admin@localhost', given = FIRST_PASSWORD): Promise<void> {
  await signInToConsole(page, email, given);
  await page.getByRole('heading', { name: 'Choose your password' }).waitFor();
  await page.getByRole('textbox', { name: 'Present password' }).fill(given);
  await page.getByRole('textbox', { name: 'New password', exact: true }).fill(OWN_PASSWORD);
  await page.getByRole('textbox', { name: 'New password again' }).fill(OWN_PASSWORD);
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByRole('navigation').waitFor();
}
