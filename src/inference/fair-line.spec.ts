// Holds that nobody's turn is taken by who asks more, and that the positions told are the order that comes.
import { describe, expect, it } from '@jest/globals';
import { FairLine } from './fair-line.js';

/** `A1.x`: site A, customer A1. */
const turnOf = (item: string) => ({ site: item[0] ?? '', customer: item.split('.')[0] ?? '' });
function lineOf(...items: string[]): FairLine<string> {
  const line = new FairLine<string>();
  for (const item of items) line.add(item, turnOf(item));
  return line;
}
const drained = (line: FairLine<string>) => Array.from({ length: line.length }, () => line.next());

describe('FairLine', () => {
  it('is first come, first served for one customer', () => {
    const line = lineOf('A1.a', 'A1.b', 'A1.c');
    expect(line.length).toBe(3);
    expect(drained(line)).toEqual(['A1.a', 'A1.b', 'A1.c']);
    expect([line.length, line.next()]).toEqual([0, undefined]);
  });

  it('lets sites take turns, however much one asks', () => {
    expect(drained(lineOf('A1.a', 'A2.a', 'A3.a', 'B1.a', 'A4.a', 'B1.b'))).toEqual([
      ...['A1.a', 'B1.a', 'A2.a', 'B1.b', 'A3.a', 'A4.a'],
    ]);
  });

  it('lets a site’s customers take turns, however much one asks', () => {
    expect(drained(lineOf('A1.a', 'A1.b', 'A1.c', 'A2.a', 'A3.a'))).toEqual(['A1.a', 'A2.a', 'A3.a', 'A1.b', 'A1.c']);
  });

  it('gives who comes with one at a time every second turn beside a crowd', () => {
    const line = lineOf('A1.a', 'A2.a', 'A3.a', 'A4.a', 'B1.a');
    const served: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      const next = line.next();
      served.push(next);
      if (next?.startsWith('B')) line.add('B1.again', turnOf('B1'));
    }
    expect(served).toEqual(['A1.a', 'B1.a', 'A2.a', 'B1.again', 'A3.a', 'B1.again']);
  });

  it('forgets who left', () => {
    const line = lineOf('A1.a', 'A1.b', 'B1.a');
    expect(line.remove('A1.a', turnOf('A1'))).toBe(true);
    expect(line.remove('A1.a', turnOf('A1'))).toBe(false);
    expect(line.remove('C1.a', turnOf('C1'))).toBe(false);
    expect(line.remove('B1.a', turnOf('B1'))).toBe(true);
    expect([line.length, drained(line)]).toEqual([1, ['A1.b']]);
  });

  it('says the order that comes, and changes nothing by that', () => {
    for (let seed = 1; seed < 30; seed++) {
      const pick = random(seed);
      const names = Array.from({ length: 40 }, (_, i) => `${'ABC'[pick(3)]}${pick(3)}.${i}`);
      const line = lineOf(...names);
      for (const name of names.filter(() => pick(4) === 0)) line.remove(name, turnOf(name));
      const order = line.order();
      expect(line.order()).toEqual(order);
      expect(drained(line)).toEqual(order);
    }
  });

  it('keeps every customer of every site within one turn of the others while all wait', () => {
    const pick = random(7);
    const names = Array.from({ length: 300 }, (_, i) => `${'AAAAAABC'[pick(8)]}${pick(4)}.${i}`);
    const line = lineOf(...names);
    const waiting = new Map<string, number>();
    for (const name of names) waiting.set(name[0] ?? '', (waiting.get(name[0] ?? '') ?? 0) + 1);
    const served: Record<string, number> = { A: 0, B: 0, C: 0 };
    while ([...waiting].every(([site, count]) => (served[site] ?? 0) < count)) {
      const site = line.next()?.[0] ?? '';
      served[site] = (served[site] ?? 0) + 1;
      expect(Math.max(...Object.values(served)) - Math.min(...Object.values(served))).toBeLessThanOrEqual(1);
    }
  });
});

/** Whole numbers below n, the same for the same seed (Park & Miller 1988). */
function random(seed: number): (n: number) => number {
  let state = seed;
  return (n) => (state = (state * 48_271) % 2_147_483_647) % n;
}
