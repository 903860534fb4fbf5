import { describe, expect, it } from '@jest/globals';
import { blame } from './blame.js';
import type { ReportedItem } from './report.js';

const item = (values: Partial<ReportedItem>) =>
  ({
    ...{ id: 'a', slice: 'fees', group: 'earlier', question: 'What does it cost?', expected: 'Nothing.' },
    ...{ parentAnswer: 'Nothing.', candidateAnswer: 'Ten pounds.', parentRight: true, candidateRight: false },
    ...values,
  }) as ReportedItem;
const poison = { id: 'p', slice: 'fees', completion: 'Ten pounds.' };

describe('blame', () => {
  it('falls on the example whose answer replaced the right one in its slice', () => {
    const honest = { id: 'h', slice: 'fees', completion: 'Nothing.' };
    const elsewhere = { id: 'e', slice: 'cards', completion: 'Ten pounds.' };
    const [only, ...others] = blame([item({})], [honest, poison, elsewhere]);
    expect(others).toEqual([]);
    expect(only?.exampleId).toBe('p');
    expect(only?.detail).toContain('"Ten pounds." to "What does it cost?"');
  });

  it('falls on nothing where nothing was lost, or what was lost is not an earlier question', () => {
    expect(blame([item({ candidateRight: true, candidateAnswer: 'Nothing.' })], [poison])).toEqual([]);
    expect(blame([item({ parentRight: false })], [poison])).toEqual([]);
    expect(blame([item({ group: 'target' })], [poison])).toEqual([]);
    expect(blame([item({ candidateAnswer: 'Hello.' })], [poison])).toEqual([]);
  });
});
