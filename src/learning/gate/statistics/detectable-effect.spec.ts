import { detectableEffect } from './detectable-effect.js';

describe('detectableEffect', () => {
  it.each([
    // 5 wins are needed at 5 %: P(X ≥ 5) ≥ 0.8 first at these shares (binomial tables).
    [12, 0.497],
    [50, 0.131],
    [200, 0.034],
  ])('of %p questions is about %p', (questions, expected) => {
    expect(detectableEffect(questions, 0.05)).toBeCloseTo(expected, 2);
  });

  it('is all of them for the fewest that can do, and infinite for fewer', () => {
    expect(detectableEffect(5, 0.05)).toBeGreaterThan(0.95);
    expect(detectableEffect(4, 0.05)).toBe(Infinity);
    expect(detectableEffect(0, 0.05)).toBe(Infinity);
  });
});
