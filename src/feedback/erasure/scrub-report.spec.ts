// Reports keep their numbers and lose the texts of erased customers.
import { describe, expect, it } from '@jest/globals';
import { canonical, scrubReport } from './scrub-report.js';

const prompt = [{ role: 'user', content: 'My secret?' }];
const report = {
  summary: '2 of 3',
  target: { items: 3 },
  items: [
    { id: 'a', question: 'My secret?' },
    { id: 'b', question: 'Fee?' },
  ],
  slices: [{ slice: 's', examples: [{ id: 'a' }] }],
  probe: { prompt, answer: 'x' },
};

describe('scrubReport', () => {
  it('drops items by id, at any depth, and the probe by its prompt', () => {
    const erased = { ids: new Set(['a']), prompts: new Set([canonical([{ content: 'My secret?', role: 'user' }])]) };
    expect(scrubReport(report, erased)).toEqual({
      ...{ summary: '2 of 3', target: { items: 3 }, items: [{ id: 'b', question: 'Fee?' }] },
      ...{ slices: [{ slice: 's', examples: [] }], probe: null },
    });
  });

  it('changes nothing else', () => {
    expect(scrubReport(report, { ids: new Set(['c']), prompts: new Set() })).toEqual(report);
    expect(scrubReport(null, { ids: new Set(), prompts: new Set() })).toBeNull();
  });
});
