// Medians and percentiles by hand.
import { describe, expect, it } from '@jest/globals';
import { median, percentile, rounded } from './statistics.js';

describe('statistics', () => {
  it('takes the middle, and between two middles their mean', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 6])).toBe(5.5);
    expect(median([])).toBeNaN();
  });

  it('takes a percentile that was really measured', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile([3, 1], 0.99)).toBe(3);
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('says null where nothing was measured', () => {
    expect(rounded(1.2345, 2)).toBe(1.23);
    expect(rounded(NaN, 2)).toBeNull();
  });
});
