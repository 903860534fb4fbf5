// Each bar is missed by itself, at its own threshold, and none by an arm that was left out.
import { missedBars, type ContinualResult } from './bars.js';

const held: ContinualResult = {
  ...{ aaBase: 0.01, aaMemory: 0.4, aaSequential: 0.3, aaReplay: 0.76, aaReplayMemory: 0.8, aaJoint: 0.8 },
  ...{
    aaShuffled: 0.03,
    aaShuffledNotJudged: 0.05,
    aaOLora: 0.5,
    aaEwc: 0.5,
    bwtReplay: -0.02,
    bwtSequential: -0.17,
    bwtOLora: -0.1,
  },
  ...{ bwtEwc: -0.1, forgettingReplay: 0.02, klReplay: 0.1, generalNllIncrease: 0.02, seeds: 1, seconds: 1 },
};

describe('missedBars', () => {
  it('is silent where every bar is just held', () => {
    expect(missedBars(held)).toEqual([]);
  });

  it.each<[Partial<ContinualResult>, RegExp]>([
    [{ aaReplay: 0.75 }, /0\.938 of joint/],
    [{ bwtReplay: -0.021 }, /BWT with replay is -2\.1 points/],
    [{ bwtSequential: -0.169 }, /14\.9 points above the sequential/],
    [{ generalNllIncrease: 0.021 }, /rose by 2\.1 %/],
    [{ aaShuffled: 0.031 }, /gained 2\.1 points/],
  ])('%j is missed', (changes, sentence) => {
    expect(missedBars({ ...held, ...changes })[0]).toMatch(sentence);
  });

  it('holds nothing against an arm that was left out', () => {
    const without = { aaReplay: null, aaShuffled: null, bwtReplay: null, generalNllIncrease: null };
    expect(missedBars({ ...held, ...without })).toEqual([]);
  });
});
