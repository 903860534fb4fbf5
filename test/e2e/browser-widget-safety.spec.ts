// Hostile answers, all on one page that has no policy of its own to help: nothing runs, nothing is loaded, nothing is made that
// isn't on the list.
import { expect, it } from '@jest/globals';
import { describeInBrowser as describe } from '../support/browser.js';
import { ROOT, useWidget } from '../support/widget-page.js';
import { XSS_CORPUS } from '../support/xss-corpus.js';

/** All that Markdown may become, with the attributes it may have. */
const ALLOWED: Record<string, string[]> = {
  a: ['href', 'target', 'rel'],
  ol: ['start'],
  pre: ['tabindex'],
  div: ['class', 'tabindex'],
  strong: ['class'],
  ...Object.fromEntries('p br hr blockquote em s code span ul li table tr th td'.split(' ').map((name) => [name, []])),
};

interface Made {
  name: string;
  attributes: [string, string][];
}

describe('widget, given hostile answers', () => {
  const widget = useWidget();

  it('shows a corpus of more than 150 as text, and follows none of its links', async () => {
    const { page, chat } = widget;
    expect(new Set(XSS_CORPUS).size).toBeGreaterThan(150);
    const requests: string[] = [];
    let dialogs = 0;
    page.on('request', (request) => requests.push(request.url()));
    page.on('dialog', (dialog) => void dialog.dismiss().then(() => (dialogs += 1)));
    await widget.open('/open');
    for (const [index, hostile] of XSS_CORPUS.entries()) chat.sayAsAgent(hostile, index ? 'Ada' : hostile);
    await page
      .locator('.theirs.agent')
      .nth(XSS_CORPUS.length - 1)
      .waitFor();
    // Streamed in small pieces, they meet the parser in other states.
    chat.pieceMs = 0;
    chat.answer = () => XSS_CORPUS.join('\n\n');
    await widget.say(XSS_CORPUS.join('\n').slice(0, 400));
    await widget.thumbs().waitFor({ timeout: 40_000 });
    await page.mouse.move(200, 200);

    const made = await page.evaluate<
      Made[]
    >(`[...${ROOT}.querySelectorAll('.bubble *:not(.markdown)')].map((element) => ({
      name: element.localName, attributes: [...element.attributes].map(({ name, value }) => [name, value]) }))`);
    expect(made.length).toBeGreaterThan(300);
    const unexpected = made.filter(
      ({ name, attributes }) => !ALLOWED[name] || attributes.some(([each]) => !ALLOWED[name]?.includes(each)),
    );
    expect(unexpected).toEqual([]);
    const links = made.flatMap(({ attributes }) =>
      attributes.length && attributes[0]?.[0] === 'href' ? [attributes] : [],
    );
    expect(links.length).toBeGreaterThan(10);
    for (const attributes of links) {
      const { href, rel, target } = Object.fromEntries(attributes) as Record<string, string>;
      expect(href).toMatch(/^(https?:\/\/|mailto:)/);
      expect([rel, target]).toEqual(['noopener noreferrer nofollow', '_blank']);
    }
    expect(await page.evaluate(`${ROOT}.querySelectorAll('.agent .bubble').length`)).toBe(XSS_CORPUS.length);
    expect(await page.evaluate('[window.pwned, document.title]')).toEqual([undefined, 'A host site']);
    expect(dialogs).toBe(0);
    expect(requests.filter((url) => !url.startsWith(chat.url))).toEqual([]);
  }, 60_000);
});
