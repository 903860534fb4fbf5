// What the widget does, in a real Chromium: streaming, delivery over a bad network, stop and retry, rating, the keyboard.
import { expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { describeInBrowser as describe } from '../support/browser.js';
import { ROOT, useWidget } from '../support/widget-page.js';

const AWAY = 'No connection right now';

describe('widget', () => {
  const widget = useWidget({ permissions: ['clipboard-read', 'clipboard-write'] });

  it('renders Markdown while it arrives, split anywhere', async () => {
    const { chat, answers } = widget;
    chat.answer = () =>
      '**Bold** and `code`, $5 or $HOME [1]:\n\n1. one\n   - inner\n2. two\n\n- [x] done\n- [ ] open\n\n' +
      '| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nlet a;\n```\n\nSee https://ok.example/x.';
    await widget.open();
    await widget.ask('Markdown');
    const answer = answers().nth(1);
    expect(await answer.locator('p').first().innerText()).toBe('Bold and code, $5 or $HOME [1]:');
    expect(await answer.locator('strong').innerText()).toBe('Bold');
    expect(await answer.locator('ol > li').count()).toBe(2);
    expect(await answer.locator('ol ul > li').innerText()).toBe('inner');
    expect(await answer.locator('ol ~ ul > li').allInnerTexts()).toEqual(['☑ done', '☐ open']);
    expect(await answer.locator('th').allInnerTexts()).toEqual(['a', 'b']);
    expect(await answer.locator('pre code').innerText()).toContain('let a;');
    expect(await answer.locator('a').getAttribute('href')).toBe('https://ok.example/x');
  });

  it('keeps what is written while the service is away, over a reload too, and sends it once, in order', async () => {
    const { chat, page } = widget;
    await widget.open();
    await widget.ask('one');
    await chat.goAway();
    await widget.say('two');
    await widget.say('three');
    await page.getByText(AWAY).first().waitFor();
    await chat.comeBack();
    await widget.thumbs().nth(2).waitFor();
    expect(chat.taken).toEqual(['one', 'two', 'three']);
    expect(await page.locator('.mine .bubble').allInnerTexts()).toEqual(['one', 'two', 'three']);
    await page.locator('.banner').waitFor({ state: 'hidden' });
  });

  it('sends after a reload what the page before could not, without being opened', async () => {
    const { chat, page } = widget;
    await widget.open();
    await widget.ask('one');
    chat.refuseSends = { code: 'rate.limited', message: 'Slowly.', retryAfterMs: 60_000 };
    await widget.say('two');
    await widget.say('three');
    await page.getByText('That was fast!').waitFor();
    await page.reload();
    chat.refuseSends = undefined;
    await page.locator('.badge', { hasText: '2' }).waitFor();
    expect(chat.taken).toEqual(['one', 'two', 'three']);
    await widget.button('Open chat (2 unread)').click();
    await widget.thumbs().nth(2).waitFor();
    expect(await page.locator('.mine .bubble').allInnerTexts()).toEqual(['one', 'two', 'three']);
    expect(await page.locator('.badge').innerText()).toBe('');
  });

  it('shows an answer that was written while the connection was down', async () => {
    const { chat, page, answers } = widget;
    chat.pieceMs = 30;
    chat.answer = () => 'A long answer that takes its time to arrive, piece by piece.';
    await widget.open();
    await widget.say('slow');
    await page.getByText('A long').waitFor();
    await chat.goAway();
    await new Promise((later) => setTimeout(later, 900));
    await chat.comeBack();
    await widget.thumbs().waitFor();
    expect(await answers().nth(1).innerText()).toBe(chat.answer(''));
    expect(await answers().count()).toBe(2);
  });

  it('offers to send a refused message again, or to delete it, also after a reload', async () => {
    const { chat, page } = widget;
    await widget.open();
    chat.refuseSends = { code: 'message.too_long', message: 'The message is too long.' };
    await widget.say('refused');
    await page.locator('.remark', { hasText: 'Not sent. The message is too long.' }).waitFor();
    await page.reload();
    await widget.button('Open chat').click();
    await widget.button('Delete').waitFor();
    await widget.say('given up');
    await widget.button('Delete').nth(1).click();
    chat.refuseSends = undefined;
    await widget.button('Retry').click();
    await widget.thumbs().waitFor();
    expect(chat.taken).toEqual(['refused']);
  });

  it('stops an answer, and lets one that was stopped, interrupted or failed be written again in its place', async () => {
    const { chat, page, answers } = widget;
    chat.pieceMs = 30;
    chat.answer = () => 'word '.repeat(200);
    await widget.open();
    await widget.say('go');
    await page.locator('.growing').waitFor();
    await widget.button('Stop the answer').click();
    await page.getByText('Stopped').waitFor();
    await widget.button('Send').waitFor();
    chat.pieceMs = 1;
    chat.interruptAfter = 3;
    await widget.button('Retry').click();
    await page.locator('.remark', { hasText: 'This answer was interrupted.' }).waitFor();
    chat.answer = () => {
      throw new Error('The assistant is lost.');
    };
    await widget.button('Retry').click();
    await page.locator('.remark', { hasText: 'The assistant is lost.' }).waitFor();
    expect(await widget.thumbs().count()).toBe(0);
    chat.answer = () => 'Whole at last';
    await widget.button('Retry').click();
    await widget.thumbs().waitFor();
    expect(await answers().allInnerTexts()).toEqual(['Hello!', 'Whole at last']);
    expect(await page.locator('.remark').count()).toBe(0);
  });

  it('tells the place in the queue until the answer begins', async () => {
    const { chat, page } = widget;
    chat.positions = [3, 1];
    chat.pieceMs = 200;
    await widget.open();
    await widget.say('busy');
    await page.getByText('Your place in the queue: 3').waitFor();
    await page.getByText('Your place in the queue: 1').waitFor();
    await page.locator('.growing').waitFor();
    expect(await page.locator('.queue').count()).toBe(0);
  });

  it('sends a thumb up at once, asks why for a thumb down, and forgets the reasons when the thumb changes', async () => {
    const { chat, page } = widget;
    await widget.open();
    await widget.ask('rate me');
    await widget.button('Poor answer').click();
    await page.getByLabel('It is wrong').check();
    await widget.button('Cancel').click();
    expect(chat.ratings).toEqual([]);
    await widget.button('Poor answer').click();
    expect(await page.getByLabel('It is wrong').isChecked()).toBe(false);
    chat.refuseRatings = 'Ratings are closed.';
    await page.getByLabel('Something is missing').check();
    await page.getByLabel('What would have been right?').fill('Forty-two');
    expect(await page.getByLabel('What would have been right?').getAttribute('maxlength')).toBe('1000');
    await widget.button('Send rating').click();
    await page.locator('.failure', { hasText: 'Your rating was not saved. Ratings are closed.' }).waitFor();
    chat.refuseRatings = undefined;
    await widget.button('Send rating').click();
    await page.locator('.thanks').waitFor();
    const messageId = expect.any(String);
    expect(chat.ratings).toEqual([{ messageId, value: 'down', reasons: ['incomplete'], note: 'Forty-two' }]);
    await widget.button('Good answer').click();
    await page.locator('[aria-label="Good answer"][aria-pressed=true]').waitFor();
    await widget.button('Poor answer').click();
    expect(await page.getByLabel('Something is missing').isChecked()).toBe(false);
    await widget.button('Cancel').click();
    await widget.button('Good answer').click();
    await page.locator('[aria-label="Good answer"][aria-pressed=false]').waitFor();
    expect(chat.ratings.slice(1)).toEqual([
      { messageId, value: 'up' },
      { messageId, value: null },
    ]);
  });

  it('goes by the keyboard: Enter sends, Shift+Enter does not, composing belongs to the input method', async () => {
    const { chat, field } = widget;
    await widget.open();
    await field().pressSequentially('two');
    await field().press('Shift+Enter');
    await field().pressSequentially('lines');
    await field().dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true });
    await field().dispatchEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true });
    expect(chat.taken).toEqual([]);
    await field().press('Enter');
    await widget.thumbs().waitFor();
    expect(chat.taken).toEqual(['two\nlines']);
    await field().fill('x'.repeat(403));
    await field().press('Enter');
    expect(await widget.page.locator('.foot .failure').innerText()).toBe('Characters too many: 3');
    expect(await widget.button('Send').isDisabled()).toBe(true);
  });

  it('copies an answer and saves the conversation without Markdown marks', async () => {
    const { chat, page } = widget;
    chat.answer = () => '**Bold** [link](https://ok.example) and\n\n- an item';
    await widget.open();
    await widget.ask('Copy me');
    await widget.button('Copy the answer').click();
    await page.locator('.copy .check').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('Bold link and\nan item');
    await widget.button('More').click();
    const [download] = await Promise.all([page.waitForEvent('download'), widget.button('Download transcript').click()]);
    expect(download.suggestedFilename()).toMatch(/^Transcript \d{4}-\d\d-\d\d\.txt$/);
    const text = await readFile(await download.path(), 'utf8');
    expect(text).toMatch(
      /^Chat with Test assistant\n\nYou \(.+\)\nCopy me\n\nTest assistant \(.+\)\nBold link and\nan item\n$/,
    );
    expect(widget.errors).toEqual([]);
  });

  it('remembers the conversation only after the first message', async () => {
    const { page, chat } = widget;
    await widget.open();
    expect(await page.evaluate('Object.keys(localStorage)')).toEqual([]);
    await widget.ask('Keep this');
    await page.reload();
    await widget.button('Open chat').click();
    await widget.thumbs().waitFor();
    expect(await page.locator('.mine .bubble').allInnerTexts()).toEqual(['Keep this']);
    expect(chat.handshakes.map(({ conversationId }) => conversationId)).toEqual([undefined, expect.any(String)]);
    await page.evaluate('Retune.shutdown()');
    expect(await page.evaluate('[Object.keys(localStorage), document.querySelector("retune-chat")]')).toEqual([
      [],
      null,
    ]);
  });

  it('says so where storage is refused, and goes on in memory', async () => {
    const { page } = widget;
    await page.addInitScript(
      "Storage.prototype.setItem = () => { throw new DOMException('No', 'QuotaExceededError') }",
    );
    await widget.open();
    expect(await page.locator('.banner').count()).toBe(0);
    await widget.ask('Forget this');
    await page.locator('.banner', { hasText: 'it ends when you leave this page' }).waitFor();
    await page.evaluate(
      `{ const chat = document.querySelector('retune-chat'); chat.remove(); document.body.append(chat) }`,
    );
    await widget.button('Open chat').click();
    await widget.thumbs().waitFor();
    expect(await page.locator('.mine .bubble').allInnerTexts()).toEqual(['Forget this']);
  });

  it('counts what arrives while it is closed, and sounds only when the customer wants it', async () => {
    const { chat, page, errors } = widget;
    await page.addInitScript(`window.tones = 0; const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (...args) { window.tones += 1; return start.apply(this, args) }`);
    await widget.open();
    await widget.ask('one');
    expect(await page.evaluate('window.tones')).toBe(0);
    await widget.button('More').click();
    await widget.button('Sound').click();
    expect(await widget.button('Sound').getAttribute('aria-pressed')).toBe('true');
    const before = await page.evaluate<number>('window.tones');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    chat.sayAsAgent('Are you there?', 'Ada');
    await page.locator('.badge', { hasText: '1' }).waitFor();
    expect(await page.evaluate<number>('window.tones')).toBeGreaterThan(before);
    expect(await page.evaluate(`${ROOT}.querySelector('.launcher').getAttribute('aria-label')`)).toBe(
      'Open chat (1 unread)',
    );
    expect(errors).toEqual([]);
  });
});
