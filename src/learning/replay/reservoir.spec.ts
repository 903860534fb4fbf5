// The reservoir's promises, on a buffer in memory that does what the table does: bounded, shared as water fills vessels, and of every
// slice a uniform sample of all it ever had.
import { seededRandom, type Random } from '../../lora/random.js';
import { emptySlice, itemsOf, offer, LEARNT_BOX, type BufferState } from './reservoir.js';

/** Offers the stream (slice of each item) and returns the kept positions, by slice. */
function keep(stream: readonly string[], capacity: number, random: Random): Map<string, number[]> {
  const state: BufferState = new Map();
  const kept = new Map<string, number[][]>();
  for (const [position, slice] of stream.entries()) {
    const { kept: isKept, evict } = offer(state, slice, capacity, random);
    if (evict) {
      const slots = kept.get(evict.slice)?.[evict.box] ?? [];
      if (evict.slot >= slots.length) throw new Error('There is nothing in the slot to evict.');
      const last = slots.pop() as number;
      if (evict.slot < slots.length) slots[evict.slot] = last;
    }
    if (!isKept) continue;
    if (!kept.has(slice))
      kept.set(
        slice,
        emptySlice().boxes.map(() => []),
      );
    kept.get(slice)?.[LEARNT_BOX]?.push(position);
    const held = [...state.values()].reduce((sum, own) => sum + itemsOf(own), 0);
    if (held > capacity) throw new Error(`It holds ${held} of ${capacity}.`);
  }
  for (const [slice, own] of state) expect(kept.get(slice)?.flat() ?? []).toHaveLength(itemsOf(own));
  return new Map([...kept].map(([slice, boxes]) => [slice, boxes.flat()]));
}

const mixed = (sizes: Record<string, number>, random: Random): string[] =>
  Object.entries(sizes)
    .flatMap(([slice, size]) => Array.from({ length: size }, () => ({ slice, at: random() })))
    .sort((a, b) => a.at - b.at)
    .map(({ slice }) => slice);

/** Σ (observed − expected)² / expected of how often each of `n` positions was kept. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('offer', () => {
  it.each([
    [{ a: 500, b: 100, c: 10 }, 60, { a: 25, b: 25, c: 10 }],
    [{ a: 40, b: 3 }, 100, { a: 40, b: 3 }],
    [{ a: 300, b: 300, c: 300, d: 5 }, 95, { a: 30, b: 30, c: 30, d: 5 }],
  ])('shares the capacity as water fills vessels: %j in %i', (sizes, capacity, shares) => {
    for (const seed of [0, 1, 2]) {
      const random = seededRandom(seed);
      const kept = keep(mixed(sizes, random), capacity, random);
      for (const [slice, share] of Object.entries(shares)) {
        expect(Math.abs((kept.get(slice)?.length ?? 0) - share)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('keeps a small slice whole, also when it comes last', () => {
    const stream = [...Array.from({ length: 400 }, () => 'large'), ...Array.from({ length: 9 }, () => 'small')];
    const kept = keep(stream, 30, seededRandom(0));
    expect(kept.get('small')).toEqual([400, 401, 402, 403, 404, 405, 406, 407, 408]);
    expect(kept.get('large')).toHaveLength(21);
  });

  // 49 degrees of freedom: a uniform sample stays below 85.4 in 999 of 1,000 cases, one without algorithm R goes beyond 1,000.
  it('keeps every item of a slice with the same probability, early or late', () => {
    const counts = Array.from({ length: 50 }, () => 0);
    for (let seed = 0; seed < 2000; seed++) {
      const kept = keep(
        Array.from(counts, () => 'a'),
        10,
        seededRandom(seed),
      );
      for (const position of kept.get('a') ?? []) counts[position]! += 1;
    }
    expect(chiSquare(counts)).toBeLessThan(85.4);
  });

  it('does so too where another slice took room from it half way', () => {
    const stream = [...Array.from({ length: 40 }, () => 'a'), ...Array.from({ length: 12 }, () => 'b')];
    const counts = Array.from({ length: 50 }, () => 0);
    for (let seed = 0; seed < 2000; seed++) {
      const kept = keep([...stream, ...Array.from({ length: 10 }, () => 'a')], 16, seededRandom(seed));
      for (const position of kept.get('a') ?? []) counts[position < 40 ? position : position - 12]! += 1;
    }
    expect(chiSquare(counts)).toBeLessThan(85.4);
  });
});
