// Holds when a customer hears their position: late, on change, and never after the wait.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { QueueNotice } from './queue-notice.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('QueueNotice', () => {
  it('says nothing for two seconds, then the position, then its changes', () => {
    const told: number[] = [];
    const notice = new QueueNotice(Date.now(), (position) => told.push(position));
    notice.moved(7);
    jest.advanceTimersByTime(1_999);
    notice.moved(5);
    expect(told).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(told).toEqual([5]);
    notice.moved(5);
    notice.moved(4);
    notice.moved(6);
    expect(told).toEqual([5, 4, 6]);
    notice.end();
    notice.moved(1);
    expect(told).toEqual([5, 4, 6]);
  });

  it('counts from when the wait began, and says nothing to who didn’t have to wait', () => {
    const told: number[] = [];
    const early = new QueueNotice(Date.now() - 5_000, (position) => told.push(position));
    early.moved(3);
    expect(told).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(told).toEqual([3]);
    const short = new QueueNotice(Date.now(), (position) => told.push(position));
    short.moved(2);
    short.end();
    jest.advanceTimersByTime(10_000);
    expect(told).toEqual([3]);
  });
});
