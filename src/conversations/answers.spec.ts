// Holds who is still taken when there is much to do, and that a flood from one website leaves room for the others.
import { describe, expect, it } from '@jest/globals';
import type { Runtime } from '../config/runtime.js';
import type { Message } from '../database/entities/message.entity.js';
import { Answers } from './answers.js';
import type { ConversationsError } from './conversations-error.js';
import { LiveAnswers } from './live-answers.js';

/** Answers with so many places, of which each site has taken some. */
function busy(places: number, taken: Record<string, number>): Answers {
  const live = new LiveAnswers();
  for (const [site, count] of Object.entries(taken)) {
    for (let i = 0; i < count; i++) {
      const id = `${site}${i}`;
      live.add({ id, conversationId: id } as Message, site, () => new Promise(() => undefined));
    }
  }
  const nothing = {} as never;
  const runtime = { environment: { ENGINE_SLOTS: 1, CHAT_MAX_QUEUED: places - 1 } } as Runtime;
  return new Answers(nothing, nothing, nothing, nothing, live, runtime);
}
/** The code of the refusal; undefined where it is taken. */
function refusal(answers: Answers, site: string): string | undefined {
  try {
    answers.checkOpen(site);
    return undefined;
  } catch (error) {
    return (error as ConversationsError).code;
  }
}

describe('checkOpen', () => {
  it('refuses a site that has nine tenths of the places, and not the others', () => {
    const flooded = busy(100, { loud: 90 });
    expect([refusal(flooded, 'loud'), refusal(flooded, 'quiet')]).toEqual(['chat.busy', undefined]);
    expect(refusal(busy(100, { loud: 89 }), 'loud')).toBeUndefined();
  });

  it('refuses everybody where no place is left', () => {
    expect(refusal(busy(10, { loud: 9, quiet: 1 }), 'quiet')).toBe('chat.busy');
    // So few places can't be shared.
    expect(refusal(busy(2, { loud: 1 }), 'loud')).toBeUndefined();
  });

  it('takes nothing any more once the process ends', async () => {
    const answers = busy(10, {});
    await answers.beforeApplicationShutdown();
    expect(refusal(answers, 'quiet')).toBe('chat.stopping');
  });
});
