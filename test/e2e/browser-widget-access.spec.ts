// The widget for everybody: what a screen reader hears, where the focus goes, how large targets are, small windows and zoom,
// reduced motion, forced colours, and axe in every state, light and dark.
import { expect, it } from '@jest/globals';
import { axeViolations, describeInBrowser as describe } from '../support/browser.js';
import { ROOT, useWidget, type Widget } from '../support/widget-page.js';

const FOCUSED = `(${ROOT}.activeElement?.getAttribute('aria-label') ?? ${ROOT}.activeElement?.textContent)`;

/** Interactive things smaller than 44 by 44 CSS pixels; links inside text may be. */
const SMALL = `[...${ROOT}.querySelectorAll('button, textarea, .chip')].map((each) => [each, each.getBoundingClientRect()])
  .filter(([, { width, height }]) => width && (width < 44 || height < 44))
  .map(([each, { width, height }]) => each.outerHTML.slice(0, 80) + ' ' + width + '×' + height)`;

describe('accessible widget', () => {
  const widget = useWidget();
  const focused = () => widget.page.evaluate<string>(FOCUSED);
  const press = (...keys: string[]) =>
    keys.reduce((before, key) => before.then(() => widget.page.keyboard.press(key)), Promise.resolve());

  it('has one polite region, which says "writing" once and the finished answer once', async () => {
    const { page, chat } = widget;
    await widget.open();
    const log = page.getByRole('log');
    expect([await log.getAttribute('aria-live'), await log.getAttribute('aria-label')]).toEqual([
      'off',
      'Conversation',
    ]);
    expect(
      await page.evaluate(
        `${ROOT}.querySelectorAll('.panel :is([aria-live=polite], [role=status], [role=alert])').length`,
      ),
    ).toBe(1);
    await page.evaluate(`{ window.said = []; const region = ${ROOT}.querySelector('[aria-live=polite]');
      new MutationObserver(() => said.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true }) }`);
    chat.answer = () => 'First **bold**\n\n- then a [link](https://ok.example)';
    await widget.ask('one');
    await widget.until('window.said.filter(Boolean).length > 1');
    chat.handOver('agent', 'Ada');
    await widget.until('window.said.filter(Boolean).length > 2');
    chat.sayAsAgent('I am Ada', 'Ada');
    await widget.until('window.said.filter(Boolean).length > 3');
    expect(await page.evaluate('window.said.filter(Boolean)')).toEqual([
      'Writing an answer…',
      'First bold\nthen a link',
      'You are talking to Ada',
      'I am Ada',
    ]);
  });

  it('has a sensible order of focus, and Esc goes back one step at a time', async () => {
    const { page } = widget;
    await widget.open();
    expect(await focused()).toBe('Your message');
    await press('Shift+Tab');
    expect(await focused()).toBe('Conversation');
    await press('Shift+Tab');
    expect(await focused()).toBe('Close chat');
    await press('Shift+Tab', 'Enter');
    await widget.until(`${FOCUSED}.includes('Talk to a person')`);
    await press('Escape');
    expect(await focused()).toBe('More');
    await widget.ask('x');
    await widget.button('Poor answer').click();
    await page.getByLabel('It is wrong').waitFor();
    await press('Escape');
    await page.getByLabel('It is wrong').waitFor({ state: 'detached' });
    expect(await page.getByLabel('It is wrong').count()).toBe(0);
    await widget.field().focus();
    await press('Escape');
    expect(await focused()).toBe('Open chat');
    await press('Enter');
    expect(await focused()).toBe('Your message');
  });

  it('keeps the keys typed in it from the page’s shortcuts', async () => {
    await widget.open();
    await widget.page.evaluate(`{ window.keys = 0; document.addEventListener('keydown', () => (window.keys += 1)) }`);
    await widget.field().pressSequentially('abc');
    expect(await widget.page.evaluate('window.keys')).toBe(0);
  });

  it.each([
    ['a phone', { width: 320, height: 568 }],
    ['a laptop at 200 %', { width: 640, height: 360 }],
    ['a laptop at 400 %', { width: 320, height: 256 }],
  ])('fills the window of %s, keeps the focus inside, and scrolls only up and down', async (_name, viewport) => {
    const { page, chat } = widget;
    await page.setViewportSize(viewport);
    await widget.open();
    chat.answer = () =>
      `| a | b | c | d |\n|---|---|---|---|\n| ${'wide '.repeat(9)} | 2 | 3 | 4 |\n\n\`${'x'.repeat(200)}\``;
    await widget.ask('y'.repeat(200));
    expect(await page.locator('.panel').boundingBox()).toEqual({ x: 0, y: 0, ...viewport });
    expect(
      await page.evaluate(`[document.documentElement, ...${ROOT}.querySelectorAll('.panel, .transcript, .bubble')]
      .filter((each) => each.scrollWidth > each.clientWidth + 1).length`),
    ).toBe(0);
    expect(await page.getByRole('dialog').getAttribute('aria-modal')).toBe('true');
    expect(await page.evaluate(SMALL)).toEqual([]);
    await widget.field().fill('z');
    await widget.button('Send').focus();
    await press('Tab');
    expect(await focused()).toBe('More');
    await press('Shift+Tab');
    expect(await focused()).toBe('Send');
    const field = await widget.field().boundingBox();
    expect((field?.y ?? 0) + (field?.height ?? 0)).toBeLessThanOrEqual(viewport.height);
  });

  it('moves nothing where no motion is wanted, and has borders in forced colours', async () => {
    const { page } = widget;
    await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
    await widget.open();
    await widget.ask('x');
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
    const border = `getComputedStyle(${ROOT}.querySelector('.mine .bubble')).borderTopStyle`;
    expect(await page.evaluate(border)).toBe('solid');
  });

  it.each(['light', 'dark'] as const)(
    'has no accessibility violation in %s and no target below 44 pixels, in any state',
    async (colorScheme) => {
      const { page } = widget;
      await page.emulateMedia({ colorScheme });
      let states = 0;
      await everyState(widget, async (state) => {
        expect([state, await axeViolations(page), await page.evaluate(SMALL)]).toEqual([state, [], []]);
        states += 1;
      });
      expect(states).toBe(8);
      const surface = await page.evaluate(`getComputedStyle(${ROOT}.querySelector('.panel')).backgroundColor`);
      expect(surface).toBe(colorScheme === 'dark' ? 'rgb(23, 24, 31)' : 'rgb(255, 255, 255)');
    },
  );
});

/** Takes the widget through its states and calls `check` in each. */
async function everyState(widget: Widget, check: (state: string) => Promise<void>): Promise<void> {
  const { page, chat } = widget;
  await page.goto(chat.url);
  await widget.button('Open chat').waitFor();
  await check('closed');
  await widget.button('Open chat').click();
  await page.getByText('Hello!').waitFor();
  await widget.button('More').click();
  await check('menu');
  await page.keyboard.press('Escape');
  chat.positions = [2];
  chat.pieceMs = 600;
  await widget.say('waiting');
  await page.locator('.queue').waitFor();
  await check('queue');
  chat.answer = () =>
    '# Heading\n\n`code` [link](https://ok.example)\n\n```\nblock\n```\n\n| a |\n|---|\n| 1 |\n\n> quote';
  chat.pieceMs = 1;
  await widget.thumbs().waitFor();
  await widget.ask('first');
  await widget.button('Poor answer').last().click();
  await page.getByLabel('Hard to understand').check();
  await check('rating');
  await widget.button('Send rating').click();
  await page.locator('.thanks').waitFor();
  chat.refuseSends = { code: 'message.too_long', message: 'Not now.' };
  await widget.say('second');
  await widget.button('Retry').waitFor();
  await check('refused');
  chat.refuseSends = undefined;
  chat.handOver('waiting');
  await page.locator('.handover').waitFor();
  await check('waiting');
  chat.handOver('agent', 'Ada');
  chat.sayAsAgent('I am here', 'Ada');
  await page.getByText('I am here').first().waitFor();
  await check('agent');
  await chat.goAway();
  await page.locator('.banner.down').waitFor();
  await check('down');
}
