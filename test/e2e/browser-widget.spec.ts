// The widget in a real Chromium, on a host page with a strict policy and hostile CSS, against a service that misbehaves.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { axeViolations, collectErrors, describeInBrowser as describe, openBrowser } from '../support/browser.js';
import { startFakeChat, type FakeChat } from '../support/fake-chat.js';

/** Answers that try to run script, to load something, or to lead somewhere they must not. */
const HOSTILE = [
  '<img src=x onerror="window.pwned=1">',
  '<script>window.pwned=1</script>',
  '<svg onload="window.pwned=1"><b>x</b></svg>',
  '<a href="javascript:window.pwned=1">x</a>',
  '<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
  '[x](javascript:window.pwned=1)',
  '[x](JaVaScRiPt:window.pwned=1)',
  '[x]( javascript:window.pwned=1)',
  '[x](java\tscript:window.pwned=1)',
  '[x](\u0001javascript:window.pwned=1)',
  '[x](&#106;avascript:window.pwned=1)',
  '[x](data:text/html,<script>parent.pwned=1</script>)',
  '[x](vbscript:window.pwned=1)',
  '[x](//elsewhere.example)',
  '[x](https://ok.example" onmouseover="window.pwned=1)',
  '![x](javascript:window.pwned=1)',
  '![x](https://tracker.example/pixel.png)',
  '<javascript:window.pwned=1>',
  '```html\n<script>window.pwned=1</script>\n```',
  '| a |\n|---|\n| <img src=x onerror="window.pwned=1"> |',
  `${'> '.repeat(60)}<img src=x onerror="window.pwned=1">`,
  `${'- '.repeat(40)}[x](javascript:window.pwned=1)`,
  '[[[[[[[[[[x](javascript:window.pwned=1)](javascript:window.pwned=1)',
];

/** Expressions for the page; the tests have no DOM types. */
const ROOT = "document.querySelector('retune-chat').shadowRoot";
const FOCUSED = `${ROOT}.activeElement`;

let browser: Browser;
let context: BrowserContext;
let page: Page;
let chat: FakeChat;
let errors: string[];

const field = () => page.getByLabel('Your message');
const answers = () => page.locator('.theirs .markdown');
const thumbs = () => page.locator('.thumbs');

async function open(): Promise<void> {
  await page.goto(chat.url);
  await page.getByRole('button', { name: 'Open chat' }).click();
  await page.getByText('Hello!').waitFor();
}

async function say(text: string): Promise<void> {
  await field().fill(text);
  await field().press('Enter');
}

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
});
beforeEach(async () => {
  chat = await startFakeChat();
  context = await browser.newContext({ reducedMotion: 'reduce' });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  errors = collectErrors(page);
});
afterEach(async () => {
  await context.close();
  await chat.goAway();
});

describe('widget', () => {
  it('runs under a strict policy, unmoved by hostile CSS, without a word in the console', async () => {
    await open();
    await say('Hi');
    await thumbs().waitFor();
    expect(
      await answers()
        .nth(1)
        .evaluate((answer: { textContent: string }) => answer.textContent),
    ).toBe('You said: Hi');
    const size = await page.getByRole('button', { name: 'Close chat' }).first().boundingBox();
    expect(size).toMatchObject({ width: 44, height: 44 });
    expect(errors).toEqual([]);
  });

  it('shows hostile answers as text and follows none of their links', async () => {
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await open();
    for (const [index, hostile] of HOSTILE.entries()) {
      chat.answer = () => hostile;
      await say(`case ${index}`);
      await thumbs().nth(index).waitFor();
    }
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(await page.locator('.markdown :is(img, script, svg, iframe, object, style, link, form)').count()).toBe(0);
    const links = await page.evaluate<[string, string][]>(`[...${ROOT}.querySelectorAll('.markdown a[href]')].map(
      (a) => [a.getAttribute('href'), a.getAttribute('rel')])`);
    expect(links.length).toBeGreaterThan(0);
    for (const [href, rel] of links) {
      expect(href).toMatch(/^(https?|mailto):/);
      expect(rel).toBe('noopener noreferrer nofollow');
    }
    expect(requests.filter((url) => !url.startsWith(chat.url) && !url.startsWith('ws://127.0.0.1'))).toEqual([]);
  });

  it('renders Markdown while it arrives, split anywhere', async () => {
    chat.answer = () =>
      '**Bold** and `code`:\n\n1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nSee https://ok.example/x now.';
    await open();
    await say('Markdown');
    await thumbs().waitFor();
    const answer = answers().nth(1);
    expect(await answer.locator('strong').innerText()).toBe('Bold');
    expect(await answer.locator('ol > li').allInnerTexts()).toEqual(['one', 'two']);
    expect(await answer.locator('th').allInnerTexts()).toEqual(['a', 'b']);
    expect(await answer.locator('a').getAttribute('href')).toBe('https://ok.example/x');
  });

  it('keeps what is written while the service is away, and sends it once, in order', async () => {
    await open();
    await say('one');
    await thumbs().waitFor();
    await chat.goAway();
    await say('two');
    await say('three');
    await page.getByText('No connection right now').waitFor();
    await chat.comeBack();
    await thumbs().nth(2).waitFor();
    expect(chat.taken).toEqual(['one', 'two', 'three']);
    expect(await page.locator('.mine .bubble').allInnerTexts()).toEqual(['one', 'two', 'three']);
    await page.getByText('No connection right now').waitFor({ state: 'hidden' });
  });

  it('shows an answer that was written while the connection was down', async () => {
    chat.pieceMs = 40;
    chat.answer = () => 'A long answer that takes its time to arrive, piece by piece.';
    await open();
    await say('slow');
    await page.getByText('A long').waitFor();
    await chat.goAway();
    await new Promise((later) => setTimeout(later, 1_200));
    await chat.comeBack();
    await thumbs().waitFor();
    expect(await answers().nth(1).innerText()).toBe(chat.answer(''));
    expect(await answers().count()).toBe(2);
  });

  it('offers Retry for a refused message and says why an answer failed', async () => {
    await open();
    chat.refuseSends = 'The message is too long.';
    await say('refused');
    await page.getByText('Not sent. The message is too long.').waitFor();
    chat.refuseSends = undefined;
    chat.answer = () => {
      throw new Error('The assistant is busy.');
    };
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.locator('.failure', { hasText: 'The assistant is busy.' }).waitFor();
    expect(await thumbs().count()).toBe(0);
    expect(chat.taken).toEqual(['refused']);
  });

  it('stops an answer', async () => {
    chat.pieceMs = 50;
    chat.answer = () => 'word '.repeat(200);
    await open();
    await say('go');
    await page.getByRole('button', { name: 'Stop the answer' }).click();
    await page.getByText('Stopped').waitFor();
    await page.getByRole('button', { name: 'Send' }).waitFor();
  });

  it('keeps the rating form open when the service refuses, and sends nothing on Cancel', async () => {
    await open();
    await say('rate me');
    await page.getByRole('button', { name: 'Poor answer' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Poor answer' }).click();
    chat.refuseRatings = 'Ratings are closed.';
    await page.getByLabel('It is wrong').check();
    await page.getByLabel('What would have been right?').fill('Forty-two');
    await page.getByRole('button', { name: 'Send rating' }).click();
    await page.getByText('Your rating was not saved. Ratings are closed.').waitFor();
    chat.refuseRatings = undefined;
    await page.getByRole('button', { name: 'Send rating' }).click();
    await page.getByText('Thank you').waitFor();
    expect(chat.ratings).toEqual([
      { messageId: expect.any(String), value: 'down', reasons: ['incorrect'], note: 'Forty-two' },
    ]);
    await page.getByRole('button', { name: 'Good answer' }).click();
    await page.locator('.thumb[aria-label="Good answer"][aria-pressed=true]').waitFor();
    expect(chat.ratings.at(-1)).toEqual({ messageId: expect.any(String), value: 'up' });
  });

  it('goes by the keyboard: Enter sends, Shift+Enter does not, composing belongs to the input method, Esc closes', async () => {
    await open();
    await field().pressSequentially('two');
    await field().press('Shift+Enter');
    await field().pressSequentially('lines');
    await field().dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true });
    expect(chat.taken).toEqual([]);
    await field().press('Enter');
    await thumbs().waitFor();
    expect(chat.taken).toEqual(['two\nlines']);
    await field().press('Escape');
    expect(await page.evaluate(`${FOCUSED}.getAttribute("aria-label")`)).toBe('Open chat');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(`${FOCUSED}.getAttribute("aria-label")`)).toBe('Your message');
  });

  it.each(['light', 'dark'] as const)('has no accessibility violation in %s, in any state', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await open();
    chat.answer = () => '# Heading\n\n`code` [link](https://ok.example)\n\n```\nblock\n```';
    await say('first');
    await thumbs().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Poor answer' }).click();
    await page.getByLabel('Hard to understand').check();
    expect(await axeViolations(page)).toEqual([]);
    chat.refuseSends = 'Not now.';
    await say('second');
    await page.getByRole('button', { name: 'Retry' }).waitFor();
    await chat.goAway();
    await page.getByText('No connection right now').waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });
});
