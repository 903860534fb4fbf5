import type { LossPoint } from '../../database/entities/training-run.entity.js';
import { CURVE_POINTS_MAX, withPoint } from './loss-curve.js';

describe('withPoint', () => {
  it('keeps the ends, the order and never more than the bound', () => {
    let curve: LossPoint[] = [];
    for (let step = 1; step <= 5_000; step++) {
      curve = withPoint(curve, [step, 1 / step]);
      expect(curve.length).toBeLessThanOrEqual(CURVE_POINTS_MAX);
    }
    const steps = curve.map(([step]) => step);
    expect([steps[0], steps.at(-1)]).toEqual([1, 5_000]);
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
    expect(curve.length).toBeGreaterThan(CURVE_POINTS_MAX / 4);
  });

  it('takes what a resumed run says again for what it said before', () => {
    expect(
      withPoint(
        [
          [1, 3],
          [2, 2],
          [3, 1],
        ],
        [2, 2.5],
      ),
    ).toEqual([
      [1, 3],
      [2, 2.5],
    ]);
  });
});
