// The metrics on matrices that can be checked by hand.
import { averageAccuracy, backwardTransfer, forgetting, meanInterval } from './metrics.js';

const R = [
  [0.8, 0, 0.1],
  [0.9, 0.6, 0.1],
  [0.5, 0.7, 1],
];

describe('metrics of continual learning', () => {
  it('average accuracy is over the last row', () => {
    expect(averageAccuracy(R)).toBeCloseTo((0.5 + 0.7 + 1) / 3, 12);
  });

  it('backward transfer compares the last row with the diagonal, without the last task', () => {
    expect(backwardTransfer(R)).toBeCloseTo((0.5 - 0.8 + (0.7 - 0.6)) / 2, 12);
  });

  it('forgetting compares with the best that ever was, not with what came before the task was learnt', () => {
    expect(forgetting(R)).toBeCloseTo((0.9 - 0.5 + (0.6 - 0.7)) / 2, 12);
    expect(
      forgetting([
        [0.5, 0.9],
        [0.5, 0.3],
      ]),
    ).toBeCloseTo(0, 12);
  });

  it('one task can neither be forgotten nor helped', () => {
    expect([backwardTransfer([[0.4]]), forgetting([[0.4]])]).toEqual([0, 0]);
  });

  it("the interval is Student's, with one degree of freedom less than there are seeds", () => {
    const { mean, half } = meanInterval([1, 2, 3]);
    expect(mean).toBe(2);
    expect(half).toBeCloseTo(4.303 / Math.sqrt(3), 3);
  });
});
