// A person instead of the assistant: asking for one, waiting, their name and their messages, and a service that can't do that.
import { expect, it } from '@jest/globals';
import { describeInBrowser as describe } from '../support/browser.js';
import { useWidget } from '../support/widget-page.js';

describe('widget, handing over', () => {
  const widget = useWidget();
  const presence = () => widget.page.locator('.presence').innerText();

  it('asks for a person, waits, shows who answers, and comes back', async () => {
    const { page, chat } = widget;
    await widget.open();
    await widget.button('More').click();
    await widget.button('Talk to a person').click();
    await page.locator('.handover', { hasText: 'Waiting for a person…' }).waitFor();
    await widget.button('Cancel').click();
    await page.locator('.handover').waitFor({ state: 'detached' });
    expect(await presence()).toBe('Answers at once');
    await widget.ask('Bad answer, please');
    await widget.button('Poor answer').click();
    await widget.button('Send rating').click();
    await widget.button('Talk to a person').click();
    await page.locator('.handover').waitFor();
    await widget.say('Anybody?');
    chat.handOver('agent', 'Ada');
    chat.sayAsAgent('Hello, this is **Ada**.', 'Ada');
    await page.locator('.agent', { hasText: 'Hello, this is Ada.' }).waitFor();
    expect(await presence()).toBe('You are talking to Ada');
    expect(await page.locator('.agent .from').innerText()).toBe('Ada');
    expect(await page.locator('.agent').getByRole('group').count()).toBe(0);
    // The assistant is silent, so nothing may look as if it wrote.
    expect(await page.locator('.dots').count()).toBe(0);
    await widget.button('Send').waitFor();
    // On another page of the site the person is still there, and what they say is counted.
    await page.reload();
    chat.sayAsAgent('Still here', 'Ada');
    await page.locator('.badge', { hasText: /^[12]$/ }).waitFor();
    await page.locator('.launcher').click();
    await page.getByText('Still here').waitFor();
    chat.handOver('bot');
    await page.locator('.handover').waitFor({ state: 'detached' });
    chat.offersPerson = true;
    await widget.ask('And now?');
    expect(await page.locator('.theirs').last().getByRole('button', { name: 'Talk to a person' }).count()).toBe(1);
  });

  it('hides what an older service can’t do, and says so', async () => {
    const { page, chat } = widget;
    chat.old = true;
    chat.pieceMs = 30;
    chat.answer = () => 'word '.repeat(50);
    await widget.open();
    await widget.say('go');
    await page.locator('.growing').waitFor();
    await widget.button('Stop the answer').click();
    await widget.button('Retry').click();
    await page.locator('.remark', { hasText: 'This is not available here.' }).waitFor();
    expect(await widget.button('Retry').count()).toBe(0);
    await widget.button('More').click();
    await widget.button('Talk to a person').click();
    await page.locator('.handover', { hasText: 'A person can’t be asked here.' }).waitFor();
    await widget.button('More').click();
    expect(await widget.button('Talk to a person').count()).toBe(0);
    expect(widget.errors).toEqual([]);
  });
});
