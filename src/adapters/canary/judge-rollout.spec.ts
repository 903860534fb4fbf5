// Holds what follows from what was seen: harm of each kind, steps and gates, and "not enough data yet" said plainly.
import { describe, expect, it } from '@jest/globals';
import type { Judged, Seen } from './evidence.js';
import { judgeRollout } from './judge-rollout.js';
import { lotOf } from './draw.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

const steps = [5, 25, 100].map((percent) => ({ percent, manual: false }));
const rollout = (more: Partial<Judged> = {}): Judged => ({
  ...{ version: 2, fromVersion: 1, steps, step: 0, share: 0.5, state: 'running', alpha: 0.05 },
  ...{ startedAt: ago(120), stepStartedAt: ago(120) },
  ...more,
});

/** Conversations in turn, `each` says what was seen of the canary's and of the champion's. */
function seen(count: number, each: Partial<Record<'canary' | 'control', Partial<Seen>>>, share = 0.5): Seen[] {
  return Array.from({ length: count }, (_, i) => {
    const arm = i % Math.round(1 / share) === 0 ? 'canary' : 'control';
    const at = ago(100 - i / 100);
    const known = { failed: false, latencyMs: 900 + (i % 7) * 10, score: null, ...each[arm] };
    const scoredAt = known.score === null ? null : at;
    return { id: String(i), arm, share, assignedAt: at, answeredAt: at, scoredAt, ...known };
  });
}
const thumbs = (canary: number, control: number) => ({ canary: { score: canary }, control: { score: control } });

describe('judgeRollout', () => {
  it('ends a canary that is disliked, with both numbers in words', () => {
    const verdict = judgeRollout(rollout(), seen(60, thumbs(0.1, 0.9)), NOW);
    expect(verdict.kind).toBe('harm');
    expect(verdict.reason).toMatch(
      /Version 2 is worse than version 1: 10 % \(of 30\) against 90 % \(of 30\) of rated .* limit 25/,
    );
    expect(verdict.evidence.ratings.difference).toBeCloseTo(-0.8);
    expect(verdict.evidence.ratings.interval[1]).toBeLessThan(0);
  });

  it('ends one that fails within few conversations, even at a small share and without a rating', () => {
    const few = seen(60, { canary: { failed: true, latencyMs: null } }, 0.05);
    const verdict = judgeRollout(rollout({ share: 0.05 }), few, NOW);
    expect(verdict).toMatchObject({ kind: 'harm', evidence: { failures: { canary: { n: 3, mean: 1 } } } });
    expect(verdict.reason).toContain('failed or empty first answer');
  });

  it('ends one that is slow, and leaves one alone that is a little slower', () => {
    const slow = judgeRollout(rollout(), seen(200, { canary: { latencyMs: 5_000 } }), NOW);
    expect(slow).toMatchObject({ kind: 'harm', evidence: { slowness: { limitMs: 960 } } });
    expect(slow.reason).toContain('took longer than 960 ms');
    expect(judgeRollout(rollout(), seen(200, { canary: { latencyMs: 955 } }), NOW).kind).not.toBe('harm');
  });

  it('sees harm in any state, also while it is paused', () => {
    const bad = seen(60, thumbs(0, 1));
    for (const state of ['paused', 'waiting'] as const)
      expect(judgeRollout(rollout({ state }), bad, NOW).kind).toBe('harm');
  });

  it('steps up when enough was seen, and waits where a person has to say so', () => {
    const good = seen(60, thumbs(0.8, 0.8));
    expect(judgeRollout(rollout(), good, NOW)).toMatchObject({
      kind: 'next',
      reason: expect.stringContaining('25 %') as unknown,
    });
    const gated = steps.map((step) => ({ ...step, manual: true }));
    expect(judgeRollout(rollout({ steps: gated }), good, NOW).kind).toBe('wait');
    expect(judgeRollout(rollout({ state: 'paused' }), good, NOW).kind).toBe('stay');
  });

  it('says what is missing: conversations, time, ratings', () => {
    const early = judgeRollout(rollout({ stepStartedAt: ago(101) }), seen(10, thumbs(0.8, 0.8)), NOW);
    expect(early.kind).toBe('stay');
    expect(early.reason).toContain('Not enough data yet; the next step needs 15 more of its conversations');
    const short = judgeRollout(rollout({ stepStartedAt: ago(20) }), [], NOW);
    expect(short.reason).toContain('40 more minutes');
    expect(short.reason).toContain('10 more rated ones');
    expect(short.reason).toContain('Rated conversations so far: 0 of the canary, 0 of the champion.');
  });

  it('takes no step without ratings, however many conversations there were', () => {
    expect(judgeRollout(rollout(), seen(500, {}), NOW)).toMatchObject({ kind: 'stay' });
  });

  it('makes champion only what was shown not to be worse', () => {
    const last = rollout({ step: 1 });
    const few = judgeRollout(last, seen(60, thumbs(0.8, 0.8)), NOW);
    expect(few).toMatchObject({ kind: 'stay', evidence: { notWorse: { threshold: 20 } } });
    expect(few.reason).toMatch(/more ratings \(Evidence that it is not 10 points worse: [\d.]+, needed 20\)/);
    const many = judgeRollout(last, seen(400, thumbs(0.95, 0.8)), NOW);
    expect(many).toMatchObject({ kind: 'next', reason: expect.stringContaining('becomes champion') as unknown });
  });

  it('hands over to a person after two weeks', () => {
    const old = rollout({ startedAt: ago(15 * 24 * 60), step: 1 });
    expect(judgeRollout(old, seen(60, thumbs(0.8, 0.8)), NOW)).toMatchObject({
      kind: 'pause',
      reason: expect.stringContaining('No decision in reasonable time') as unknown,
    });
  });

  it('takes scores in the order in which they were known, whatever the order of the rows', () => {
    const rows = seen(60, thumbs(0.1, 0.9)).map((row, i) => (i % 3 ? row : { ...row, score: null, scoredAt: null }));
    const shuffled = [...rows].reverse();
    expect(judgeRollout(rollout(), shuffled, NOW)).toEqual(judgeRollout(rollout(), rows, NOW));
  });
});

describe('lotOf', () => {
  it('is the same on every node, uniform over conversations, and another in the next rollout', () => {
    const lots = Array.from({ length: 2_000 }, (_, i) => lotOf('rollout', `conversation ${i}`));
    expect(lotOf('rollout', 'conversation 7')).toBe(lots[7]);
    expect(lots.every((lot) => lot >= 0 && lot < 1)).toBe(true);
    expect(lots.filter((lot) => lot < 0.05).length).toBeGreaterThan(70);
    expect(lots.filter((lot) => lot < 0.05).length).toBeLessThan(130);
    const both = lots.filter((lot, i) => lot < 0.5 && lotOf('another', `conversation ${i}`) < 0.5).length;
    expect(both).toBeGreaterThan(440);
    expect(both).toBeLessThan(560);
  });
});
