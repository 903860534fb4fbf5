// Holds the statistics to what they promise, by simulation: a harmless canary is ended for harm at most 5 % of the time, however
// often one looks; a harmful one is found soon; and a difference of rating habits is no difference of quality.
import { describe, expect, it } from '@jest/globals';
import { evidenceFor, intervalOf, type Observation } from './betting.js';
import { ALPHA, MARGIN, PROMOTE_EVIDENCE } from './thresholds.js';

const HARM = { side: 'below', bound: 0 } as const;
const NOT_WORSE = { side: 'above', bound: -MARGIN } as const;
const LIMIT = 1 / ALPHA;

/** Marsaglia's xorshift32 (2003): no call of a global, which a test runner makes slow, in ten million draws. */
function xorshift(seed: number): () => number {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

interface World {
  share: number;
  /** Probability of 👍. */
  canary: number;
  control: number;
  conversations: number;
  /** Probability that a conversation is rated; default: all are. */
  rated?: { canary: number; control: number };
}

function conversations(random: () => number, world: World): Observation[] {
  const { share, rated = { canary: 1, control: 1 } } = world;
  const all: Observation[] = [];
  for (let i = 0; i < world.conversations; i++) {
    const canary = random() < share;
    const arm = canary ? 'canary' : 'control';
    const score = random() < world[arm] ? 1 : 0;
    if (random() < rated[arm]) all.push({ canary, share, score });
  }
  return all;
}

/** How many of `times` rollouts ever reach the limit. */
function reaching(
  times: number,
  seed: number,
  world: World,
  claim = HARM as Parameters<typeof evidenceFor>[0],
): number {
  const random = xorshift(seed);
  const highest = Array.from({ length: times }, () => evidenceFor(claim, conversations(random, world)).highest);
  return highest.filter((eValue) => eValue >= LIMIT).length;
}

describe('an A/A canary, 1,000 times, looked at after each of 500 conversations', () => {
  const cases = [0.05, 0.5, 0.95].flatMap((share) => [0.1, 0.7, 0.95].map((up) => [share, up] as const));

  it.each(cases)('with a share of %d and %d 👍 ends in harm at most 5 %% of the time', (share, up) => {
    const world = { share, canary: up, control: up, conversations: 500 };
    expect(reaching(1_000, 1, world)).toBeLessThanOrEqual(50);
  });

  it('is not ended because its customers rate more, or less, often', () => {
    const equal = { share: 0.25, canary: 0.7, control: 0.7, conversations: 500 };
    expect(reaching(1_000, 2, { ...equal, rated: { canary: 0.6, control: 0.3 } })).toBeLessThanOrEqual(50);
    expect(reaching(1_000, 3, { ...equal, rated: { canary: 0.3, control: 0.6 } })).toBeLessThanOrEqual(50);
  });

  it('stays below the limit when the share grows from step to step and the mood changes over the day', () => {
    const random = xorshift(4);
    const rollout = () =>
      [0.05, 0.25, 0.5].flatMap((share, i) => {
        const up = [0.9, 0.3, 0.6][i] ?? 0;
        return conversations(random, { share, canary: up, control: up, conversations: 200 });
      });
    const harmed = Array.from({ length: 1_000 }, rollout).filter((all) => evidenceFor(HARM, all).highest >= LIMIT);
    expect(harmed.length).toBeLessThanOrEqual(50);
  });
});

describe('a harmful canary', () => {
  it.each([
    [0.05, 0.7, 0.1, 350],
    [0.25, 0.7, 0.45, 400],
    [0.5, 0.7, 0.45, 320],
    [0.5, 0.8, 0.1, 40],
  ])('at a share of %d, from %d to %d 👍, is found within %d rated conversations in 9 of 10 rollouts', (...numbers) => {
    const [share, control, canary, within] = numbers;
    expect(reaching(300, 5, { share, control, canary, conversations: within })).toBeGreaterThanOrEqual(270);
  });

  it('is hardly ever taken for one that is not worse', () => {
    const world = { share: 0.25, control: 0.7, canary: 0.7 - MARGIN, conversations: 800 };
    expect(LIMIT).toBe(PROMOTE_EVIDENCE);
    expect(reaching(1_000, 6, world, NOT_WORSE)).toBeLessThanOrEqual(50);
  });
});

describe('a good canary', () => {
  it('is shown to be not worse, and never to be harmful', () => {
    const world = { share: 0.25, control: 0.7, canary: 0.8, conversations: 500 };
    expect(reaching(300, 7, world, NOT_WORSE)).toBeGreaterThanOrEqual(270);
    expect(reaching(300, 8, world)).toBeLessThanOrEqual(3);
  });
});

describe('evidenceFor', () => {
  it('knows nothing of nothing, and grows only by what it is told', () => {
    expect(evidenceFor(HARM, [])).toEqual({ now: 1, highest: 1 });
    expect(intervalOf([], ALPHA)).toEqual([-1, 1]);
    const bad = { canary: true, share: 0.5, score: 0 };
    expect(evidenceFor(HARM, [bad]).now).toBeGreaterThan(1);
    expect(evidenceFor(HARM, [{ ...bad, score: 1 }]).now).toBeLessThan(1);
  });

  it('is a fair bet: over both arms its mean stays 1, whatever the score and what came before', () => {
    const before = conversations(xorshift(9), { share: 0.3, canary: 0.2, control: 0.6, conversations: 50 });
    const soFar = evidenceFor(HARM, before).now;
    for (const score of [0, 0.4, 1]) {
      const after = (canary: boolean) => evidenceFor(HARM, [...before, { canary, share: 0.3, score }]).now;
      expect(0.3 * after(true) + 0.7 * after(false)).toBeCloseTo(soFar, 10);
    }
  });

  it('survives the extremes', () => {
    const worst = Array.from({ length: 5_000 }, (_, i) => ({
      canary: i % 20 === 0,
      share: 0.05,
      score: i % 20 ? 1 : 0,
    }));
    expect(evidenceFor(HARM, worst).now).toBeGreaterThan(1e6);
    expect(evidenceFor({ side: 'above', bound: 0 }, worst).now).toBeGreaterThanOrEqual(0);
    expect(evidenceFor({ side: 'above', bound: 0 }, worst).now).toBeLessThan(0.01);
  });
});

describe('intervalOf', () => {
  const world = { share: 0.5, canary: 0.5, control: 0.8 };

  it('holds the truth, but for at most 5 %', () => {
    const missed = Array.from({ length: 60 }, (_, seed) => {
      const [low, high] = intervalOf(conversations(xorshift(seed), { ...world, conversations: 300 }), ALPHA);
      return low > -0.3 || high < -0.3;
    });
    expect(missed.filter(Boolean).length).toBeLessThanOrEqual(3);
  });

  it('is what trying every value gives', () => {
    const seen = conversations(xorshift(5), { ...world, conversations: 400 });
    const isOut = (side: 'above' | 'below', bound: number) => evidenceFor({ side, bound }, seen).highest >= 2 / ALPHA;
    const values = Array.from({ length: 199 }, (_, i) => (i - 99) / 100);
    const low = values.find((bound) => !isOut('above', bound)) ?? 1;
    const high = values.findLast((bound) => !isOut('below', bound)) ?? -1;
    const [from, to] = intervalOf(seen, ALPHA);
    expect([from, to].map((end) => Math.round(end * 100))).toEqual(
      [low - 0.01, high + 0.01].map((end) => Math.round(end * 100)),
    );
  });

  it('grows narrower', () => {
    const width = (count: number) => {
      const [low, high] = intervalOf(conversations(xorshift(11), { ...world, conversations: count }), ALPHA);
      return high - low;
    };
    expect(width(2_000)).toBeLessThan(width(200) / 2);
  });
});
