// A real Chromium for tests: finds it, starts it with a profile of its own, and reads off what no test should have to
// repeat (errors in the browser's console, accessibility violations). Without one, browser tests are skipped; in CI they fail.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';
import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const QUIET = [
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Path of a Chromium or Chrome: `CHROMIUM_PATH`, else the first on the search path.
 * @throws Error that says what to install
 */
export function chromiumPath(): string {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen && existsSync(chosen)) return chosen;
  if (chosen) throw new Error(`CHROMIUM_PATH is ${chosen}, but there is no such file.`);
  for (const name of NAMES) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    } catch {
      // Not this one.
    }
  }
  throw new Error(
    'No Chromium found. Install it (Debian, Ubuntu: `apt-get install chromium`), or set CHROMIUM_PATH to a Chromium or Chrome.',
  );
}

/** `describe` for tests that need a browser: where there is none they are skipped and say what to install; with `CI=true` they fail. */
export const describeInBrowser: typeof describe.skip = mayRun() ? describe : describe.skip;

function mayRun(): boolean {
  if (process.env.CI === 'true') return true;
  try {
    return chromiumPath() !== '';
  } catch (error) {
    process.stderr.write(`\nSKIPPED: tests in a browser. ${(error as Error).message}\n\n`);
    return false;
  }
}

/** Starts a browser without a window, with a new profile that goes away with it. */
export function openBrowser(): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: chromiumPath(),
    // Chromium's sandbox refuses to work as root.
    args: isRoot ? [...QUIET, '--no-sandbox'] : QUIET,
  });
}

/** Collects what the page reports as errors from now on; the list, a new one or `errors`, grows while the page lives. */
export function collectErrors(page: Page, errors: string[] = []): string[] {
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  return errors;
}

const IS_MOVING =
  'document.getAnimations().some(({ effect, playState }) => playState === "running" && effect.getTiming().iterations !== Infinity)';
const MOVING_POLL_MS = 20;
const MOVING_POLLS_MAX = 500;

interface AxeResults {
  violations: { id: string; nodes: { target: unknown[]; failureSummary?: string }[] }[];
}

/**
 * Accessibility violations of the page as it is now, one line each; also inside open shadow roots.
 * @param rules only these; default: all
 */
export async function axeViolations(page: Page, rules?: string[]): Promise<string[]> {
  // Half-faded colours have no meaningful contrast. Asked again and again: an animation's own promise can stay open for ever when it is replaced.
  for (let tries = 0; await page.evaluate<boolean>(IS_MOVING); tries += 1) {
    if (tries === MOVING_POLLS_MAX) throw new Error('The page never stopped moving.');
    await page.waitForTimeout(MOVING_POLL_MS);
  }
  // Evaluated, not added as a script, because the pages' own policy forbids inline scripts.
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(rules ? { runOnly: rules } : {})})`);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.flat().join(' ')}: ${failureSummary ?? ''}`),
  );
}
