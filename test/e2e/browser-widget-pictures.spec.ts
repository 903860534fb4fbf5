// The widget as the documentation shows it: on a phone, in the dark, from right to left, on a page without styles of its own. Each
// scene is checked by axe; with SCREENSHOTS=1 it also renews its picture in docs/images/.
import { expect, it } from '@jest/globals';
import { mkdir } from 'node:fs/promises';
import { axeViolations, describeInBrowser as describe } from '../support/browser.js';
import { useWidget } from '../support/widget-page.js';

const IMAGES = 'docs/images';
const CARD = `Cards arrive within **three working days**. If yours is late:

1. Open the app and choose *Card*.
2. Tap **Replace**. It is free.

| Delivery | Days |
|---|---|
| Standard | 3 |
| Express | 1 |`;
const ARABIC = `تصل البطاقة خلال **ثلاثة أيام عمل**. إذا تأخرت:

1. افتح التطبيق واختر *البطاقة*.
2. اضغط **استبدال**. الخدمة مجانية.`;

interface Scene {
  name: string;
  locale: string;
  launcher: string;
  field: string;
  colorScheme: 'light' | 'dark';
  viewport: { width: number; height: number };
  question: string;
  answer: string;
}

const SCENES: Scene[] = [
  {
    ...{ name: 'widget-mobile', locale: 'en', launcher: 'Open chat', field: 'Your message', colorScheme: 'light' },
    ...{ viewport: { width: 390, height: 700 }, question: 'My card still hasn’t arrived.', answer: CARD },
  },
  {
    ...{ name: 'widget-dark', locale: 'en', launcher: 'Open chat', field: 'Your message', colorScheme: 'dark' },
    ...{ viewport: { width: 900, height: 900 }, question: 'My card still hasn’t arrived.', answer: CARD },
  },
  {
    ...{ name: 'widget-rtl', locale: 'ar', launcher: 'فتح المحادثة', field: 'رسالتك', colorScheme: 'light' },
    ...{ viewport: { width: 900, height: 900 }, question: 'لم تصل بطاقتي بعد.', answer: ARABIC },
  },
];

describe('widget in pictures', () => {
  const widget = useWidget({ deviceScaleFactor: 2 });

  it.each(SCENES)('$name', async ({ name, locale, launcher, field, colorScheme, viewport, question, answer }) => {
    const { page, chat } = widget;
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    chat.answer = () => answer;
    await page.goto(`${chat.url}/plain?locale=${locale}`);
    await widget.button(launcher).click();
    await page.getByLabel(field, { exact: true }).fill(question);
    await page.keyboard.press('Enter');
    await page.locator('.thumbs').waitFor();
    await page.keyboard.press('Tab');
    expect(await axeViolations(page)).toEqual([]);
    if (!process.env.SCREENSHOTS) return;
    await mkdir(IMAGES, { recursive: true });
    const panel = await page.locator('.panel').boundingBox();
    // The panel, its launcher below it, and a little of the page around.
    const around = panel && { x: panel.x - 16, y: panel.y - 16, width: panel.width + 32, height: panel.height + 108 };
    await page.screenshot({ path: `${IMAGES}/${name}.png`, ...(panel?.x && around ? { clip: around } : {}) });
  });
});
