// Holds order within a key and independence between keys.
import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lines } from './lines.js';

describe('Lines', () => {
  it('keeps the order of a key, past failures, and lets other keys go ahead', async () => {
    const lines = new Lines();
    const log: string[] = [];
    const step =
      (name: string, ms: number, fails = false) =>
      async () => {
        await sleep(ms);
        log.push(name);
        if (fails) throw new Error(name);
        return name;
      };
    const first = lines.run('a', step('a1', 30, true));
    const second = lines.run('a', step('a2', 0));
    const other = lines.run('b', step('b1', 0));
    expect([lines.lengthOf('a'), lines.lengthOf('b'), lines.lengthOf('c')]).toEqual([2, 1, 0]);
    await expect(first).rejects.toThrow('a1');
    expect(await Promise.all([second, other])).toEqual(['a2', 'b1']);
    expect(log).toEqual(['b1', 'a1', 'a2']);
    await lines.settled();
    expect(lines.lengthOf('a')).toBe(0);
  });
});
