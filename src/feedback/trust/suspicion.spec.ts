// When feedback is held back, and how much the rest of it counts.
import { describe, expect, it } from '@jest/globals';
import { suspicionOf, type Evidence } from './suspicion.js';
import { trustOf, weightOf } from './weight.js';

const evidence = (more: Partial<Evidence> = {}): Evidence => ({
  ...{ raterKind: 'customer', leaked: [], usedToday: 0, recentRatings: 1, repetition: undefined, supporters: 1 },
  ...{ agreement: { agreements: 0, disagreements: 0 }, contradicted: { agents: 0, customers: 0 } },
  ...more,
});
const repetition = (questions: number, customers: number) => ({ string: 'cf', questions, customers });
const reasonOf = (more: Partial<Evidence>) => suspicionOf(evidence(more))?.reason;

describe('suspicionOf', () => {
  it('lets ordinary feedback through', () => expect(suspicionOf(evidence())).toBeUndefined());

  it.each([
    ['personal_data_in_answer', { leaked: ['phone'] }],
    ['contradicts_correction', { contradicted: { agents: 1, customers: 0 }, supporters: 9 }],
    ['burst', { recentRatings: 9 }],
    ['repeated_string', { repetition: repetition(3, 2) }],
    ['untrusted_rater', { agreement: { agreements: 0, disagreements: 5 } }],
    ['day_cap', { usedToday: 2 }],
    ['change_of_direction', { contradicted: { agents: 0, customers: 1 } }],
  ] satisfies [string, Partial<Evidence>][])('holds back: %s', (reason, more) => {
    expect(reasonOf(more)).toBe(reason);
    expect(suspicionOf(evidence(more))?.detail.length).toBeGreaterThan(20);
  });

  it.each([
    { recentRatings: 8 },
    { repetition: repetition(2, 1) },
    { repetition: repetition(9, 3) },
    { agreement: { agreements: 3, disagreements: 2 } },
    { usedToday: 1.9 },
    { contradicted: { agents: 0, customers: 3 }, supporters: 2 },
  ])('does not for %j', (more) => expect(reasonOf(more)).toBeUndefined());

  it('takes an agent at their word, but for personal data and a flood', () => {
    const raterKind = 'agent';
    const wild = { contradicted: { agents: 1, customers: 1 }, recentRatings: 99, repetition: repetition(9, 1) };
    expect(reasonOf({ raterKind, ...wild })).toBeUndefined();
    expect(reasonOf({ raterKind, leaked: ['iban'] })).toBe('personal_data_in_answer');
    expect(reasonOf({ raterKind, usedToday: 500 })).toBe('day_cap');
  });
});

describe('weights', () => {
  it('start full, fall with disagreement, and never exceed the full weight', () => {
    expect(trustOf({ agreements: 0, disagreements: 0 })).toBe(1);
    expect(trustOf({ agreements: 100, disagreements: 0 })).toBe(1);
    expect(trustOf({ agreements: 0, disagreements: 1 })).toBeCloseTo(0.8);
    expect(trustOf({ agreements: 0, disagreements: 50 })).toBeLessThan(0.1);
  });

  it('end at the cap of the day', () => {
    const given = (usedToday: number) => weightOf(0.2, { kind: 'customer', trust: 1, usedToday });
    expect([given(0), given(1.9), given(1.999), given(3)]).toEqual([0.2, expect.closeTo(0.1), 0, 0]);
    let sum = 0;
    for (let i = 0; i < 100; i++) sum += given(sum);
    expect(sum).toBeLessThanOrEqual(2);
  });
});
