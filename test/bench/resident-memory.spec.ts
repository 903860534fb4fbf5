// Growth of memory by hand, and that a process's own memory can be read.
import { describe, expect, it } from '@jest/globals';
import { growthOver, residentMb, watchMemory, type MemorySample } from './resident-memory.js';

const everySecond = (megabytes: (second: number) => number): MemorySample[] =>
  Array.from({ length: 601 }, (_, seconds) => ({ seconds, megabytes: megabytes(seconds) }));

describe('growth', () => {
  it('is between the first and the last minute of the window; what was before is the start-up', () => {
    const grown = everySecond((second) => (second < 100 ? 50 : second < 300 ? 100 : 110));
    expect(growthOver(grown, 480)).toBeCloseTo(0.1);
    expect(
      growthOver(
        everySecond(() => 100),
        480,
      ),
    ).toBe(0);
  });

  it('is not moved by a peak', () => {
    expect(
      growthOver(
        everySecond((second) => (second === 590 ? 900 : 100)),
        480,
      ),
    ).toBe(0);
  });

  it('is unknown where nothing was measured', () => {
    expect(growthOver([], 480)).toBeNaN();
  });
});

describe('the memory of a process', () => {
  it('is read, again and again, until that is enough', async () => {
    expect(residentMb(process.pid)).toBeGreaterThan(10);
    const samples: MemorySample[] = [];
    const stop = new AbortController();
    const watching = watchMemory(process.pid, samples, { everyMs: 5, signal: stop.signal });
    while (samples.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    await watching;
    expect(samples[2]?.seconds).toBeGreaterThan(samples[1]?.seconds ?? Infinity);
  });
});
