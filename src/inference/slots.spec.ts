// Holds the order and the bounds of the waiting line.
import { describe, expect, it, jest } from '@jest/globals';
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
    const waiting = slots.take({ signal: stop.signal });
    stop.abort();
    expect(await waiting).toBeUndefined();
    expect(slots.queued).toBe(0);
    release?.();
    expect(await slots.take({ signal: stop.signal })).toBeUndefined();
    expect(slots.busy).toBe(0);
  });

  it('lets sites and customers take turns', async () => {
    const slots = new Slots(1, 10);
    const first = await slots.take();
    const entered: string[] = [];
    const enter = async (site: string, customer: string) => {
      const release = await slots.take({ turn: { site, customer } });
      entered.push(customer);
      release?.();
    };
    const all = [enter('a', 'a1'), enter('a', 'a1'), enter('a', 'a2'), enter('b', 'b1')];
    first?.();
    await Promise.all(all);
    expect(entered).toEqual(['a1', 'b1', 'a2', 'a1']);
  });

  it('tells those who wait their position when it has changed, and nobody else', async () => {
    jest.useFakeTimers();
    const slots = new Slots(1, 10);
    const told: string[] = [];
    const wait = (name: string, signal?: AbortSignal) =>
      slots.take({
        signal,
        turn: { site: 's', customer: name },
        onWait: (position) => told.push(`${name}${position}`),
      });
    const calm = () => jest.advanceTimersByTime(1_000);
    const release = await wait('a');
    const stop = new AbortController();
    const [b, c] = [wait('b'), wait('c', stop.signal)];
    void wait('d');
    calm();
    expect(told.splice(0)).toEqual(['b1', 'c2', 'd3']);
    stop.abort();
    expect(await c).toBeUndefined();
    calm();
    expect(told.splice(0)).toEqual(['d2']);
    release?.();
    expect(await b).toBeDefined();
    calm();
    expect(told.splice(0)).toEqual(['d1']);
    calm();
    expect(told).toEqual([]);
    jest.useRealTimers();
  });

  it('keeps a slot whose signal comes after entering', async () => {
    const slots = new Slots(1, 10);
    const release = await slots.take();
    const stop = new AbortController();
    const waiting = slots.take({ signal: stop.signal });
    release?.();
    const mine = await waiting;
    stop.abort();
    expect(slots.busy).toBe(1);
    mine?.();
    expect(slots.busy).toBe(0);
  });
});
