import { jest } from '@jest/globals';
import { RightOfWay } from './right-of-way.js';

describe('RightOfWay', () => {
  const settled = async (promise: Promise<void> | undefined) =>
    Promise.race([promise?.then(() => true), Promise.resolve().then(() => false)]);

  it('costs nothing where nothing is urgent', () => {
    expect(new RightOfWay().whenClear()).toBeUndefined();
  });

  it('holds the others until the last urgent answer is done', async () => {
    const way = new RightOfWay();
    const [first, second] = [way.take(), way.take()];
    const waiting = way.whenClear();
    first();
    first(); // a second call changes nothing
    expect(await settled(waiting)).toBe(false);
    second();
    await waiting;
    expect(way.whenClear()).toBeUndefined();
  });

  it('holds nobody longer than a second', async () => {
    jest.useFakeTimers();
    try {
      const way = new RightOfWay();
      const release = way.take();
      const waiting = way.whenClear();
      jest.advanceTimersByTime(1_000);
      await waiting;
      release();
      expect(way.whenClear()).toBeUndefined();
    } finally {
      jest.useRealTimers();
    }
  });
});
