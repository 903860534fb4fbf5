// One read serves for a while, for its own key, and never says for longer that there is nothing.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RecentReads } from './recent-reads.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('RecentReads', () => {
  it('reads once until it is too old, or told to forget', async () => {
    const recent = new RecentReads<number>(10, 1_000);
    let reads = 0;
    const look = (key: string) => recent.get(key, () => Promise.resolve(++reads));
    expect([await look('a'), await look('a'), await look('b')]).toEqual([1, 1, 2]);
    jest.advanceTimersByTime(999);
    expect(await look('a')).toBe(1);
    jest.advanceTimersByTime(1);
    expect(await look('a')).toBe(3);
    recent.forget();
    expect(await look('a')).toBe(4);
  });

  it('looks again for what was not there', async () => {
    const recent = new RecentReads<string | null>(10, 1_000);
    expect(await recent.get('a', () => Promise.resolve(null))).toBeNull();
    expect(await recent.get('a', () => Promise.resolve('here'))).toBe('here');
  });

  it('keeps no more than it may', async () => {
    const recent = new RecentReads<number>(2, 1_000);
    let reads = 0;
    const look = (key: string) => recent.get(key, () => Promise.resolve(++reads));
    for (const key of ['a', 'b', 'c']) await look(key);
    expect(await look('c')).toBe(3);
    expect(await look('a')).toBe(4);
  });
});
