// Holds the order and the bounds of the waiting line.
import { describe, expect, it } from '@jest/globals';
import { Slots } from './slots.js';

describe('Slots', () => {
  it('lets in as many as there are, then first come, first served', async () => {
    const slots = new Slots(1, 10);
    const release = await slots.take();
    const entered: string[] = [];
    const waiting = ['a', 'b'].map(async (name) => {
      const next = await slots.take();
      entered.push(name);
      next?.();
    });
    expect([slots.busy, slots.queued]).toEqual([1, 2]);
    release?.();
    release?.(); // a second release is no second slot
    await Promise.all(waiting);
    expect(entered).toEqual(['a', 'b']);
    expect([slots.busy, slots.queued]).toEqual([0, 0]);
  });

  it('refuses when the line is full', async () => {
    const slots = new Slots(1, 0);
    await slots.take();
    await expect(slots.take()).rejects.toMatchObject({ code: 'engine.busy', kind: 'unavailable' });
  });

  it('leaves the line when the signal comes, and never enters with one that came before', async () => {
    const slots = new Slots(1, 10);
    const release = await slots.take();
    const stop = new AbortController();
    const waiting = slots.take(stop.signal);
    stop.abort();
    expect(await waiting).toBeUndefined();
    expect(slots.queued).toBe(0);
    release?.();
    expect(await slots.take(stop.signal)).toBeUndefined();
    expect(slots.busy).toBe(0);
  });

  it('keeps a slot whose signal comes after entering', async () => {
    const slots = new Slots(1, 10);
    const release = await slots.take();
    const stop = new AbortController();
    const waiting = slots.take(stop.signal);
    release?.();
    const mine = await waiting;
    stop.abort();
    expect(slots.busy).toBe(1);
    mine?.();
    expect(slots.busy).toBe(0);
  });
});
