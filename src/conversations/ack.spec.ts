// Holds that every client event is answered in the contract's form, whatever it was called with.
import { describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { AccessError } from '../access/access-error.js';
import { answerEvent, parsePayload } from './ack.js';
import { handshakeSchema, historySchema, sendSchema } from './chat.schema.js';
import { ConversationsError } from './conversations-error.js';

const good = { clientMessageId: '2f0a8f0e-1111-4222-8333-444455556666', text: 'Hi' };

const parsed = (work: () => Promise<object>) => async (payload: unknown) => {
  parsePayload(sendSchema, payload);
  return work();
};

async function answerTo(args: unknown[], work = () => Promise.resolve({ seq: 1 } as object)): Promise<unknown> {
  const ack = jest.fn();
  await answerEvent([...args, ack], parsed(work));
  return ack.mock.calls[0]?.[0];
}

describe('answerEvent', () => {
  it('acknowledges what the work gave', async () => {
    expect(await answerTo([good])).toEqual({ ok: true, seq: 1 });
  });

  it.each([
    ['nothing', []],
    ['null', [null]],
    ['text', ['Hi']],
    ['no text', [{ ...good, text: undefined }]],
    ['blank text', [{ ...good, text: ' \n' }]],
    ['a NUL', [{ ...good, text: 'a\0b' }]],
    ['another id', [{ ...good, clientMessageId: '1' }]],
    ['a list', [[good]]],
  ])('refuses %s', async (_, args) => {
    expect(await answerTo(args)).toMatchObject({ ok: false, error: { code: 'payload.malformed' } });
  });

  it('survives a missing callback', async () => {
    const work = jest.fn(() => Promise.resolve({}));
    await answerEvent([good], parsed(work));
    await answerEvent([], parsed(work));
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('says an expected failure’s code, and of an unexpected one nothing', async () => {
    const busy = () => Promise.reject(new ConversationsError('conversation.busy', 'Wait.'));
    expect(await answerTo([good], busy)).toEqual({ ok: false, error: { code: 'conversation.busy', message: 'Wait.' } });
    const logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    const secret = await answerTo([good], () => Promise.reject(new Error('secret')));
    expect(JSON.stringify(secret)).not.toContain('secret');
    expect(secret).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(logged).toHaveBeenCalledTimes(1);
    const lost = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect(await answerTo([good], () => Promise.reject(lost))).toMatchObject({
      error: { code: 'database.unavailable' },
    });
  });

  it('says when it is worth to try again', async () => {
    const limited = new AccessError('rate.limited', 'Too much.', 'limited', { retryAfterMs: 1_500 });
    expect(await answerTo([good], () => Promise.reject(limited))).toEqual({
      ...{ ok: false, error: { code: 'rate.limited', message: 'Too much.', retryAfterMs: 1_500 } },
    });
  });

  it('takes a language tag in its canonical form, and what is none for none', () => {
    const localeOf = (locale: unknown) => handshakeSchema.parse({ siteKey: 'demo', locale }).locale;
    expect(['de-at', 'EN', 'zh-hant-tw', 'x', 'de_AT', '', 'a'.repeat(40)].map(localeOf)).toEqual([
      ...['de-AT', 'en', 'zh-Hant-TW', undefined, undefined, undefined, undefined],
    ]);
    expect(localeOf(undefined)).toBeUndefined();
  });

  it('takes half a character for none, and history without a payload', () => {
    expect(sendSchema.parse({ ...good, text: 'a\ud800b😀' }).text).toBe('a\uFFFDb😀');
    expect(historySchema.parse(undefined)).toEqual({ after: 0, limit: 50 });
  });
});
