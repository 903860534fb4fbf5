// The interval of a paired difference: a published example, symmetry, and how it narrows.
import { expect, it } from '@jest/globals';
import { pairedInterval } from './paired-interval.js';

it('is what the formula gives by hand', () => {
  // n* = 52, d = (9 − 2)/52, s² = (9 + 2 + 1 − 49/52)/52².
  const [low, high] = pairedInterval({ items: 50, wins: 9, losses: 2 });
  expect(low).toBeCloseTo(7 / 52 - (1.96 * Math.sqrt(12 - 49 / 52)) / 52, 10);
  expect(high).toBeCloseTo(7 / 52 + (1.96 * Math.sqrt(12 - 49 / 52)) / 52, 10);
});

it('turns around with the versions, and says nothing without questions', () => {
  const [low, high] = pairedInterval({ items: 20, wins: 5, losses: 1 });
  expect(pairedInterval({ items: 20, wins: 1, losses: 5 })).toEqual([-high, -low]);
  expect(pairedInterval({ items: 0, wins: 0, losses: 0 })).toEqual([-1, 1]);
});

it('narrows with the questions, and is never certain', () => {
  const width = (items: number) => {
    const [low, high] = pairedInterval({ items, wins: 0, losses: 0 });
    return high - low;
  };
  expect(width(10)).toBeGreaterThan(width(100));
  expect(width(1_000)).toBeGreaterThan(0);
});
