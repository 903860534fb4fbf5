// Holds that urgent answers make the others pause, once for all of them, and not for long.
import { jest } from '@jest/globals';
import { RightOfWay } from './right-of-way.js';

describe('RightOfWay', () => {
  const observed = () => {
    const told: boolean[] = [];
    return { told, way: new RightOfWay((isPaused) => told.push(isPaused)) };
  };

  it('costs nothing where nothing is urgent', () => {
    expect(observed().told).toEqual([]);
  });

  it('holds the others until the last urgent answer is done', () => {
    const { told, way } = observed();
    const [first, second] = [way.take(), way.take()];
    first();
    first(); // a second call changes nothing
    expect(told).toEqual([true]);
    second();
    expect(told).toEqual([true, false]);
    way.take()();
    expect(told).toEqual([true, false, true, false]);
  });

  it('holds nobody longer than a second', () => {
    jest.useFakeTimers();
    try {
      const { told, way } = observed();
      const release = way.take();
      jest.advanceTimersByTime(1_000);
      expect(told).toEqual([true, false]);
      release();
      expect(told.at(-1)).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });
});
