// Exact values, worked out by hand from the binomial distribution.
import { mcnemarBetter, mcnemarWorse } from './mcnemar.js';

describe('mcnemar', () => {
  it('is 1 when nothing differs', () => {
    expect(mcnemarBetter({ wins: 0, losses: 0 })).toBe(1);
    expect(mcnemarWorse({ wins: 0, losses: 0 })).toBe(1);
  });

  it('is 2^-n when all discordant items are wins', () => {
    expect(mcnemarBetter({ wins: 9, losses: 0 })).toBeCloseTo(2 ** -9, 12);
    expect(mcnemarBetter({ wins: 5, losses: 0 })).toBeCloseTo(1 / 32, 12);
  });

  it('sums the tail', () => {
    // C(10,8) + C(10,9) + C(10,10) = 45 + 10 + 1 = 56 of 1,024.
    expect(mcnemarBetter({ wins: 8, losses: 2 })).toBeCloseTo(56 / 1024, 12);
    expect(mcnemarWorse({ wins: 2, losses: 8 })).toBeCloseTo(56 / 1024, 12);
    expect(mcnemarBetter({ wins: 2, losses: 8 })).toBeCloseTo(1 - 11 / 1024, 12);
  });

  it('stays finite for many items', () => {
    const p = mcnemarBetter({ wins: 1500, losses: 1500 });
    expect(p).toBeGreaterThan(0.5);
    expect(p).toBeLessThan(0.52);
  });
});
