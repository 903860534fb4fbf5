// Holds the order of a conversation's answers, and that each can be stopped at any time.
import { describe, expect, it } from '@jest/globals';
import type { Message } from '../database/entities/message.entity.js';
import { LiveAnswers } from './live-answers.js';

const answer = (id: string, conversationId = 'c') => ({ id, conversationId, replyToId: `to-${id}` }) as Message;
const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('LiveAnswers', () => {
  it('writes one answer of a conversation at a time, and other conversations meanwhile', async () => {
    const live = new LiveAnswers();
    const log: string[] = [];
    let endFirst = () => {};
    const first = new Promise<void>((resolve) => (endFirst = resolve));
    live.add(answer('1'), 'site', () => first.then(() => void log.push('1')));
    live.add(answer('2'), 'site', () => Promise.resolve(void log.push('2')));
    live.add(answer('x', 'other'), 'site', () => Promise.resolve(void log.push('x')));
    await tick();
    expect(log).toEqual(['x']);
    expect(live.ids()).toEqual(['1', '2']);
    expect([live.countOf('site'), live.countOf('other'), live.count]).toEqual([2, 0, 2]);
    expect(await live.settled(1)).toBe(false);
    endFirst();
    expect(await live.settled(1_000)).toBe(true);
    expect(log).toEqual(['x', '1', '2']);
    expect(live.ids()).toEqual([]);
  });

  it('stops an answer by its id or by the question’s, waiting or running, of its own conversation only', async () => {
    const live = new LiveAnswers();
    const untilStopped = ({ stop: { signal } }: { stop: AbortController }) =>
      new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())));
    live.add(answer('1'), 'site', untilStopped);
    live.add(answer('2'), 'site', untilStopped);
    expect(live.stop('other', '1')).toBe(false);
    expect(live.stop('c', '3')).toBe(false);
    expect(live.stop('c', 'to-2')).toBe(true);
    expect(live.stop('c', '1')).toBe(true);
    expect(await live.settled(1_000)).toBe(true);
  });

  it('silences a conversation’s answers, and says what was shown of them', async () => {
    const live = new LiveAnswers();
    const untilStopped = (mine: { stop: AbortController; text: string }) =>
      new Promise<void>((resolve) => {
        mine.text = 'so far';
        mine.stop.signal.addEventListener('abort', () => resolve());
      });
    live.add(answer('1'), 'site', untilStopped);
    live.add(answer('x', 'other'), 'site', untilStopped);
    await tick();
    expect([...live.silence('c')]).toEqual([['1', { text: 'so far', writer: expect.any(Object) }]]);
    expect([live.get('1')?.silenced, live.get('x')?.silenced]).toEqual([true, false]);
    await tick();
    expect(live.ids()).toEqual(['x']);
    live.silence('other');
  });

  it('tells an interruption from a customer’s stop', async () => {
    const live = new LiveAnswers();
    let interrupted = false;
    live.add(answer('1'), 'site', (mine) => {
      return new Promise((resolve) => {
        mine.stop.signal.addEventListener('abort', () => resolve(void (interrupted = mine.interrupted)));
      });
    });
    await tick();
    live.interruptAll();
    await live.settled(1_000);
    expect(interrupted).toBe(true);
  });
});
