// Against what the binomial distribution says of a resampled share, and against what ignoring conversations would say.
import { lowerBound, type Cluster } from './cluster-bootstrap.js';

const single = (values: readonly number[]): Cluster[] => values.map((sum) => ({ sum, items: 1 }));
const LEVEL = { level: 0.05, seed: 0 };

describe('lowerBound', () => {
  it('is the quantile of a resampled share', () => {
    // Binomial(20, 0.3): P(X ≤ 2) = 0.035, P(X ≤ 3) = 0.107; the 5 % quantile is 3 of 20.
    const values = [...Array<number>(6).fill(1), ...Array<number>(14).fill(0)];
    expect(lowerBound(single(values), LEVEL)).toBeCloseTo(3 / 20, 12);
  });

  it('is the value itself where all agree, and the same for the same seed', () => {
    expect(lowerBound(single([1, 1, 1]), LEVEL)).toBe(1);
    expect(lowerBound(single([0, 0]), LEVEL)).toBe(0);
    const mixed = single([1, -1, 0.4, 0.2, 0, 0.9, 1]);
    expect(lowerBound(mixed, LEVEL)).toBe(lowerBound(mixed, LEVEL));
    expect(lowerBound([], LEVEL)).toBeNaN();
  });

  it('trusts ten turns of one conversation less than ten conversations', () => {
    const turns = [...Array<number>(15).fill(1), ...Array<number>(5).fill(-1)];
    const conversations: Cluster[] = [
      { sum: 10, items: 10 },
      { sum: -5, items: 5 },
      { sum: 5, items: 5 },
    ];
    expect(lowerBound(single(turns), LEVEL)).toBeGreaterThan(0);
    expect(lowerBound(conversations, LEVEL)).toBeLessThan(0);
  });
});
