// The ways to embed the widget, on host pages with a strict policy and hostile CSS; its methods and events; six languages.
import { execFileSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { describeInBrowser as describe } from '../support/browser.js';
import { until } from '../support/chat.js';
import { ROOT, useWidget } from '../support/widget-page.js';

/** An unsigned token; the fake service doesn't look. */
const tokenOf = (sub: string, endsInS: number, more = 0): string =>
  `h.${Buffer.from(JSON.stringify({ sub, exp: Math.floor(Date.now() / 1000) + endsInS, more })).toString('base64url')}.s`;

describe('embedded widget', () => {
  const widget = useWidget();
  /** The name and place of the first `count` events that the host heard. */
  const heard = () => widget.page.evaluate<[string, unknown][]>('window.heard');
  const styleOf = (selector: string, property: string) =>
    widget.page.evaluate<string>(`getComputedStyle(${ROOT}.querySelector('${selector}')).${property}`);

  it('looks the same on a page with hostile CSS, and says nothing into its console', async () => {
    await widget.open('/');
    await widget.ask('Hi');
    expect(await widget.answers().nth(1).innerText()).toBe('You said: Hi');
    expect(await styleOf('.bubble', 'fontSize')).toBe('15px');
    expect(await styleOf('.bubble', 'letterSpacing')).toBe('normal');
    expect(await styleOf('.bubble', 'textTransform')).toBe('none');
    expect(await styleOf('.mine .bubble', 'color')).toBe('rgb(255, 255, 255)');
    expect(await styleOf('.root', 'position')).toBe('fixed');
    const close = await widget.button('Close chat').first().boundingBox();
    expect(close).toMatchObject({ width: 44, height: 44 });
    expect(widget.errors).toEqual([]);
  });

  it('works from another origin under its policy, and says so where connect-src is missing', async () => {
    const { page, chat } = widget;
    const elsewhere = chat.url.replace('127.0.0.1', 'localhost');
    await page.goto(`${elsewhere}/?cross=connect&locale=fr`);
    await widget.button('Ouvrir le chat').click();
    await page.getByText('Hello!').waitFor();
    expect(widget.errors).toEqual([]);
    await page.goto(`${elsewhere}/?cross`);
    await widget.button('Open chat').click();
    await page.locator('.banner.down', { hasText: 'connect-src' }).waitFor();
  });

  it('looks as the operator set it for its site key, unless the page says otherwise', async () => {
    const { page } = widget;
    await page.goto(`${widget.chat.url}/set-up`);
    await widget.button('Chat öffnen').click();
    await page.getByText('Hello!').waitFor();
    expect((await page.locator('.panel').boundingBox())?.x).toBe(20);
    expect(await styleOf('.panel', 'backgroundColor')).toBe('rgb(23, 24, 31)');
    expect(await styleOf('.launcher', 'backgroundColor')).toBe('rgb(255, 180, 171)');
    expect(await styleOf('.launcher', 'color')).toBe('rgb(0, 0, 0)');
    expect(widget.errors).toEqual([]);
    await page.goto(`${widget.chat.url}/set-up?locale=fr&theme=light&position=right`);
    await widget.button('Ouvrir le chat').click();
    await page.locator('.presence.online').waitFor();
    expect((await page.locator('.panel').boundingBox())?.x).toBeGreaterThan(500);
    expect(await styleOf('.launcher', 'backgroundColor')).toBe('rgb(179, 38, 30)');
  });

  it('is an element, placed and themed by attributes', async () => {
    const { page } = widget;
    await widget.open('/element?theme=dark&position=left');
    const box = await page.locator('.panel').boundingBox();
    expect(box?.x).toBe(20);
    expect(await styleOf('.panel', 'backgroundColor')).toBe('rgb(23, 24, 31)');
    await page.evaluate(`document.querySelector('retune-chat').setAttribute('data-position', 'right')`);
    expect((await page.locator('.panel').boundingBox())?.x).toBeGreaterThan(500);
    await page.evaluate(`document.querySelector('retune-chat').style.setProperty('--retune-accent', 'rgb(1, 2, 3)')`);
    expect(await styleOf('.launcher', 'backgroundColor')).toBe('rgb(1, 2, 3)');
    const parts = await page.evaluate<string[]>(
      `[...new Set([...${ROOT}.querySelectorAll('[part]')].map((each) => each.part.value))].sort()`,
    );
    expect(parts).toEqual(['composer', 'header', 'launcher', 'message', 'panel', 'transcript']);
    expect(widget.chat.handshakes[0]).toMatchObject({ siteKey: 'element', locale: 'en' });
  });

  it('is as small as promised', () => {
    // Fails with what is too large.
    const sizes = execFileSync(process.execPath, ['web-widget/size.mjs'], { encoding: 'utf8' });
    expect(sizes.match(/^widget\/words-(ar|de|es|fr|ja)-/gm)).toHaveLength(5);
  });

  it('is a module with methods and events', async () => {
    const { page, chat } = widget;
    await page.goto(`${chat.url}/module`);
    await widget.until('window.heard?.length');
    await page.evaluate(`chat.newMessage('From the host')`);
    await page.getByText('Hello!').waitFor();
    expect(await widget.field().inputValue()).toBe('From the host');
    await widget.field().press('Enter');
    await widget.thumbs().waitFor();
    await widget.button('Good answer').click();
    await page.locator('.thanks').waitFor();
    await page.evaluate('chat.toggle()');
    chat.handOver('agent', 'Ada');
    chat.sayAsAgent('Hello from Ada', 'Ada');
    await page.locator('.badge', { hasText: '1' }).waitFor();
    await page.evaluate('chat.show()');
    await widget.until('window.heard.at(-1)[0] === "unread"');
    const events = await heard();
    const named = (name: string) => events.filter(([each]) => each === name).map(([, detail]) => detail);
    expect(events.map(([name]) => name)).toEqual(expect.arrayContaining(['ready', 'open', 'close', 'connection']));
    expect(named('message')).toMatchObject([
      { role: 'assistant', text: 'You said: From the host', adapterVersion: 3 },
      { role: 'agent', text: 'Hello from Ada', agentName: 'Ada' },
    ]);
    expect(named('rating')).toEqual([{ messageId: expect.any(String), adapterVersion: 3, value: 'up' }]);
    expect(named('handover')).toEqual([{ state: 'agent', agentName: 'Ada' }]);
    expect(named('unread')).toEqual([{ count: 1 }, { count: 0 }]);
    expect(await page.evaluate('typeof window.Retune')).toBe('undefined');
    await page.evaluate('chat.shutdown()');
    expect(await page.evaluate('[Object.keys(localStorage), document.querySelectorAll("retune-chat").length]')).toEqual(
      [[], 0],
    );
    expect(widget.errors).toEqual([]);
  });

  it('performs the calls that waited for it, in order, whatever one of them does', async () => {
    const { page, chat } = widget;
    await page.goto(`${chat.url}/queue`);
    await page.getByText('Hello!').waitFor();
    expect(await page.getByLabel('Ihre Nachricht').inputValue()).toBe('Vom Wirt');
    expect(await heard()).toEqual(['ready', 'open']);
    // One call was nonsense, and the host's developer shall see it.
    expect(widget.errors).toHaveLength(1);
    await page.evaluate(`Retune.push(['hide']); Retune('update', { locale: 'ja' })`);
    await widget.button('チャットを開く').click();
    await page.getByLabel('メッセージ').waitFor();
  });

  it('goes on as an identified customer, renews the identity, and keeps customers apart', async () => {
    const { page, chat } = widget;
    await widget.open();
    await widget.ask('Anonymous');
    await page.evaluate(`window.tokens = ${JSON.stringify([tokenOf('u1', 1), tokenOf('u1', 200, 1), tokenOf('u1', 300, 2)])};
      Retune.identify(() => tokens.shift())`);
    await page.locator('.mine').waitFor({ state: 'detached' });
    await widget.ask('As u1');
    expect(chat.handshakes.at(-1)).toMatchObject({ identity: expect.stringMatching(/^h\./) });
    expect(chat.handshakes.at(-1)).not.toHaveProperty('conversationId');
    chat.refuseSends = { code: 'identity.expired', message: 'Expired.' };
    await widget.say('Renewed');
    await until(() => chat.identities.length === 1);
    expect(await page.evaluate('tokens.length')).toBe(0);
    chat.refuseSends = undefined;
    await page.evaluate('Retune.identify(null)');
    await page.getByText('You said: Anonymous').waitFor();
    expect(await page.locator('.mine .bubble').allInnerTexts()).toEqual(['Anonymous']);
  });

  it('says why it is refused, in the customer’s language', async () => {
    const { page, chat } = widget;
    chat.refuseHandshake = { code: 'site.origin_refused', message: 'No.' };
    await page.goto(`${chat.url}/?locale=de-AT`);
    await widget.button('Chat öffnen').click();
    await page.locator('.banner', { hasText: 'Dieser Chat ist auf dieser Website nicht erlaubt.' }).waitFor();
    expect(await page.getByLabel('Ihre Nachricht').isDisabled()).toBe(true);
  });

  it.each([
    ['fr', 'Ouvrir le chat', 'Votre message', 'ltr'],
    ['es', 'Abrir el chat', 'Su mensaje', 'ltr'],
    ['ja', 'チャットを開く', 'メッセージ', 'ltr'],
    ['ar', 'فتح المحادثة', 'رسالتك', 'rtl'],
  ])('speaks %s', async (locale, launcher, field, direction) => {
    const { page, chat } = widget;
    await page.goto(`${chat.url}/?locale=${locale}`);
    await widget.button(launcher).click();
    await page.getByLabel(field, { exact: true }).waitFor();
    expect(await styleOf('.panel', 'direction')).toBe(direction);
    const box = await page.locator('.panel').boundingBox();
    expect(box?.x).toBe(direction === 'rtl' ? 20 : 1280 - 20 - 400);
    expect(widget.errors).toEqual([]);
  });
});
