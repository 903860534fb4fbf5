// Slices found by clustering: what was decided never changes, and centres stay where they are. Real questions: test/e2e/slices.spec.ts.
import { after, cosineTo, FOLLOWED_ITEMS, nearest, sliceFor, SLICES_MAX, type SliceCentre } from './slice-clusters.js';
import { labelOf } from './slice-label.js';

/** Places the embeddings one after the other; their slices. */
function place(embeddings: readonly Float32Array[]): { slices: string[]; centres: SliceCentre[] } {
  let centres: SliceCentre[] = [];
  const slices = embeddings.map((embedding) => {
    const found = sliceFor(centres, embedding) ?? {
      name: `topic-${centres.length + 1}`,
      sum: new Float32Array(embedding.length),
      items: 0,
    };
    centres = [...centres.filter((centre) => centre !== found), after(found, embedding)];
    return found.name;
  });
  return { slices, centres };
}

/** Numbers in [0, 1), the same for the same seed: Lehmer's generator (Park & Miller 1988). */
function numbers(seed: number): () => number {
  let state = seed + 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Points of length 1 around some random directions. */
function clouds(seed: number, count: number, { topics = 5, spread = 0.6, length = 24 } = {}): Float32Array[] {
  const random = numbers(seed);
  const direction = () => Float32Array.from({ length }, () => random() - 0.5);
  const unit = (v: Float32Array) => v.map((value) => value / Math.hypot(...v));
  const means = Array.from({ length: topics }, () => unit(direction()));
  return Array.from({ length: count }, () => {
    const [mean, noise] = [means[Math.floor(random() * topics)] as Float32Array, unit(direction())];
    return unit(mean.map((value, i) => value + spread * (noise[i] ?? 0)));
  });
}

describe('leader clustering', () => {
  it.each([0, 1, 2, 3])('never changes a slice because others come later (seed %i)', (seed) => {
    const stream = clouds(seed, 200);
    const whole = place(stream).slices;
    for (const prefix of [1, 7, 50, 199]) expect(place(stream.slice(0, prefix)).slices).toEqual(whole.slice(0, prefix));
  });

  it('tells clouds apart', () => {
    const { slices } = place(clouds(4, 300, { spread: 0.3 }));
    expect(new Set(slices).size).toBe(5);
  });

  it('freezes a centre, so that a topic that drifts begins a new slice instead of dragging the old one along', () => {
    const length = 3;
    const towards = (angle: number) => Float32Array.of(Math.cos(angle), Math.sin(angle), 0).slice(0, length);
    const { slices, centres } = place(Array.from({ length: 400 }, (_, i) => towards((i / 400) * Math.PI)));
    expect(new Set(slices).size).toBeGreaterThanOrEqual(3);
    const first = centres.find(({ name }) => name === 'topic-1');
    expect(cosineTo(first?.sum ?? new Float32Array(length), towards(0))).toBeGreaterThan(0.98);
    expect(first?.items).toBeGreaterThan(FOLLOWED_ITEMS);
  });

  it('has no more slices than it may', () => {
    const axis = (at: number) => Float32Array.from({ length: 600 }, (_, i) => Number(i === at));
    expect(new Set(place(Array.from({ length: 600 }, (_, i) => axis(i))).slices).size).toBe(SLICES_MAX);
  });

  it('finds nothing near where there is nothing', () => {
    expect(nearest([], Float32Array.of(1))).toBeUndefined();
    expect(cosineTo(Float32Array.of(0, 0), Float32Array.of(1, 0))).toBe(0);
  });
});

describe('labelOf', () => {
  it.each([
    ['I am still waiting on my card?', 'still waiting card'],
    ['What is the exchange rate for 250 EUR', 'exchange rate eur'],
    ['Why?', ''],
    ['Wo bleibt meine Karte – Zoë?', 'wo bleibt meine karte zoë'],
  ])('%j is about %j', (question, label) => expect(labelOf(question)).toBe(label));
});
