// Holds that a limit is a limit, for its own key only, that it ends, and that the counts stay bounded.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Runtime } from '../config/runtime.js';
import { RateLimits, type Spending } from './rate-limits.js';

const limits = (CHAT_LIMIT_CONVERSATION: number, CHAT_LIMIT_ADDRESS = 0) =>
  new RateLimits({
    environment: { CHAT_LIMIT_CONVERSATION, CHAT_LIMIT_ADDRESS, CHAT_LIMIT_SITE: 0, CHAT_LIMIT_CONNECTIONS: 0 },
  } as unknown as Runtime);
const taken = async (limited: RateLimits, spending: Spending, times: number) => {
  let count = 0;
  for (let i = 0; i < times; i++)
    await limited.spend(spending).then(
      () => count++,
      () => undefined,
    );
  return count;
};

describe('RateLimits', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('takes so many a minute of each key, and says when it takes more', async () => {
    const limited = limits(3);
    expect(await taken(limited, { conversation: 'a' }, 5)).toBe(3);
    expect(await taken(limited, { conversation: 'b' }, 5)).toBe(3);
    const refused = await limited.spend({ conversation: 'a' }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'rate.limited', kind: 'limited' });
    const { retryAfterMs } = refused as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(55_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
    jest.advanceTimersByTime(retryAfterMs + 1);
    expect(await taken(limited, { conversation: 'a' }, 5)).toBe(3);
  });

  it('counts for each scope apart, and not at all where nothing is said or 0', async () => {
    const limited = limits(5, 2);
    expect(await taken(limited, { conversation: 'a', address: '203.0.113.1' }, 9)).toBe(2);
    expect(await taken(limited, { conversation: 'b' }, 9)).toBe(5);
    expect(await taken(limited, { site: 's' }, 100)).toBe(100);
    expect(await taken(limited, { event: 'a' }, 100)).toBe(50);
  });

  it('keeps a bounded number of counts, whoever comes', async () => {
    const limited = limits(1);
    let passed = 0;
    // Of 6,000 in 65,536 buckets about 267 meet another one: the mean of the birthday problem.
    for (let i = 0; i < 6_000; i++) passed += await taken(limited, { conversation: String(i) }, 1);
    expect(6_000 - passed).toBeGreaterThan(170);
    expect(6_000 - passed).toBeLessThan(370);
    expect(jest.getTimerCount()).toBe(passed);
  });
});
