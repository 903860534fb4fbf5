// What a run replays: every slice, the forgotten first, the well-known seldom, nothing twice, whatever the buffer's size.
import { seededRandom } from '../../lora/random.js';
import { draw } from './draw.js';
import { type BufferState } from './reservoir.js';

const buffer = (slices: Record<string, number[]>): BufferState =>
  new Map(
    Object.entries(slices).map(([name, boxes]) => [name, { seen: 0, boxes: [...boxes, 0, 0, 0, 0, 0, 0].slice(0, 6) }]),
  );
const at = (seed: number) => seededRandom(seed);

describe('draw', () => {
  it('takes places that exist, each once, and all of them where as many are asked for', () => {
    const state = buffer({ a: [3, 4, 5], b: [0, 7] });
    for (const count of [1, 5, 12, 19, 40]) {
      const places = draw(state, count, at(count));
      expect(new Set(places.map((place) => JSON.stringify(place))).size).toBe(Math.min(19, Math.max(2, count)));
      for (const { slice, box, slot } of places) expect(slot).toBeLessThan(state.get(slice)?.boxes[box] ?? 0);
    }
  });

  it('takes at least one of every slice, though fewer are asked for, and nothing when nothing is', () => {
    const state = buffer({ a: [0, 900], b: [0, 1], c: [0, 0, 0, 0, 0, 2], empty: [] });
    const slices = draw(state, 1, at(0)).map(({ slice }) => slice);
    expect(slices.sort()).toEqual(['a', 'b', 'c']);
    expect(draw(state, 0, at(0))).toEqual([]);
  });

  it('takes what was forgotten before all else', () => {
    const state = buffer({ a: [4, 500], b: [0, 500], c: [2, 0, 500] });
    const places = draw(state, 7, at(3));
    expect(places.filter(({ box }) => box === 0)).toHaveLength(6);
    expect(places.filter(({ slice }) => slice === 'b')).toHaveLength(1);
  });

  it('halves the rate of an item with every time that it was answered right', () => {
    const taken = [0, 0, 0, 0, 0, 0];
    for (let seed = 0; seed < 400; seed++) {
      for (const { box } of draw(buffer({ a: [0, 1e6, 1e6, 1e6, 1e6, 1e6] }), 20, at(seed))) taken[box]! += 1;
    }
    const shares = taken.slice(1).map((count) => count / taken.reduce((sum, own) => sum + own, 0));
    for (const [i, expected] of [16, 8, 4, 2, 1].entries()) expect(shares[i]).toBeCloseTo(expected / 31, 1.7);
  });

  it('spreads what is left over the slices in turns', () => {
    const places = draw(buffer({ large: [0, 1e9], small: [0, 1e3] }), 10, at(1));
    expect(places.filter(({ slice }) => slice === 'small')).toHaveLength(5);
  });

  it('is the same for the same seed, and another for another', () => {
    const state = buffer({ a: [0, 1e6], b: [1, 1e6] });
    expect(draw(state, 9, at(7))).toEqual(draw(state, 9, at(7)));
    expect(draw(state, 9, at(8))).not.toEqual(draw(state, 9, at(7)));
  });

  it('reaches every item of a slice in time', () => {
    const state = buffer({ a: [0, 10, 0, 0, 0, 10] });
    const seen = new Set<string>();
    for (let run = 0; run < 300; run++) for (const place of draw(state, 5, at(run))) seen.add(JSON.stringify(place));
    expect(seen.size).toBe(20);
  });
});
