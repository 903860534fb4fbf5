// The widget on a host page in a real Chromium, against the fake service: what its tests have in common.
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { collectErrors, openBrowser } from './browser.js';
import { startFakeChat, type FakeChat } from './fake-chat.js';

/** Expressions for the page; the tests have no DOM types. */
export const ROOT = "document.querySelector('retune-chat').shadowRoot";

const POLL_MS = 50;
const POLLS_MAX = 300;

export interface Widget {
  page: Page;
  context: BrowserContext;
  chat: FakeChat;
  /** What the page reported as errors so far. */
  errors: string[];
  field: () => Locator;
  /** Answers in bubbles; the greeting is the first. */
  answers: () => Locator;
  thumbs: () => Locator;
  button: (name: string) => Locator;
  /** Loads a host page and opens the chat. */
  open: (path?: string) => Promise<void>;
  say: (text: string) => Promise<void>;
  /** Waits until an expression is true in the page; a page's policy forbids playwright's own way. */
  until: (expression: string) => Promise<void>;
  /** Says it and waits for the whole answer. */
  ask: (text: string) => Promise<void>;
}

/** A browser for all tests of a file, a new profile and a new service for each. Call it inside `describe`. */
export function useWidget(options: BrowserContextOptions = {}): Widget {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });
  beforeEach(async () => {
    widget.chat = await startFakeChat();
    widget.context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    widget.page = await widget.context.newPage();
    widget.page.setDefaultTimeout(15_000);
    widget.errors = collectErrors(widget.page);
  });
  afterEach(async () => {
    await widget.context.close();
    await widget.chat.goAway();
  });
  const widget = {
    field: () => widget.page.getByLabel('Your message'),
    answers: () => widget.page.locator('.theirs .markdown'),
    thumbs: () => widget.page.getByRole('group', { name: 'Rate this answer' }),
    button: (name: string) => widget.page.getByRole('button', { name, exact: true }),
    open: async (path = '/') => {
      await widget.page.goto(widget.chat.url + path);
      await widget.button('Open chat').click();
      await widget.page.getByText('Hello!').waitFor();
    },
    say: async (text: string) => {
      await widget.field().fill(text);
      await widget.field().press('Enter');
    },
    until: async (expression: string) => {
      for (let tries = 0; !(await widget.page.evaluate(expression)); tries += 1) {
        if (tries === POLLS_MAX) throw new Error(`It never came true: ${expression}`);
        await widget.page.waitForTimeout(POLL_MS);
      }
    },
    ask: async (text: string) => {
      const before = await widget.thumbs().count();
      await widget.say(text);
      await widget.thumbs().nth(before).waitFor();
    },
  } as Widget;
  return widget;
}
