// The week's plan: what it promises is there, and only what may be asked is asked.
import { describe, expect, it } from '@jest/globals';
import type { AuditRow } from './champions.js';
import { unexplained } from './champions.js';
import { loadIntents } from './questions.js';
import { CRASH_PHASES, DAYS, NEW_INTENTS_A_DAY, planWeek, POISONED } from './week.js';

describe('the plan of a week', () => {
  const intents = loadIntents(DAYS * NEW_INTENTS_A_DAY, 0);
  const week = planWeek(intents, 30, 0);

  it('has every day, both poisoned days and one crash in each phase', () => {
    expect(week).toHaveLength(30);
    expect(new Set(week.map(({ day }) => day)).size).toBe(DAYS);
    const poisonedDays = new Set(week.filter(({ poisoned }) => poisoned).map(({ day }) => String(day)));
    expect([...poisonedDays]).toEqual(Object.keys(POISONED));
    expect(week.flatMap(({ crash }) => crash ?? [])).toEqual([...CRASH_PHASES]);
  });

  it('never asks a held-out question, and poisons with an answer that is false', () => {
    const heldOut = new Set(intents.flatMap((intent) => intent.heldOut.map(({ text }) => text)));
    for (const { asked, poisoned } of week) {
      for (const { text } of [...asked, ...(poisoned?.asked ?? [])]) expect(heldOut.has(text)).toBe(false);
      for (const { intent, wanted } of poisoned?.asked ?? []) {
        expect(wanted).not.toBe(intents.find(({ name }) => name === intent)?.fact);
      }
    }
  });

  it('is the same for the same seed', () => {
    expect(planWeek(intents, 30, 0)).toEqual(week);
    expect(planWeek(loadIntents(DAYS * NEW_INTENTS_A_DAY, 1), 30, 1)).not.toEqual(week);
  });
});

describe('unexplained', () => {
  const row = (values: Partial<AuditRow>): AuditRow => ({
    ...{ id: '1', action: 'promote', fromVersion: 0, toVersion: 1, actor: 'learner', reason: 'Passed.' },
    ...{ evidence: {}, createdAt: new Date(0).toISOString() },
    ...values,
  });

  it('finds nothing in a whole chain', () => {
    const rows = [row({}), row({ id: '2', action: 'rollback', fromVersion: 1, toVersion: 0, evidence: null })];
    expect(unexplained(rows, 0)).toEqual([]);
  });

  it('finds a hole, a missing reason, missing evidence and another champion', () => {
    expect(unexplained([row({}), row({ fromVersion: 2, toVersion: 3 })], 3)).toHaveLength(1);
    expect(unexplained([row({ reason: '' })], 1)).toHaveLength(1);
    expect(unexplained([row({ evidence: null })], 1)).toHaveLength(1);
    expect(unexplained([row({})], 2)).toHaveLength(1);
  });
});
