import { brokenDemand } from './canary.js';

const NONE = { mustContain: null, mustNotContain: null, mustEqual: null };

describe('brokenDemand', () => {
  it('is none while every demand is kept, whatever the case and white space', () => {
    const demands = { mustContain: 'Red  Button', mustNotContain: 'blue', mustEqual: 'Press the red button.' };
    expect(brokenDemand(demands, 'press the  RED button.')).toBeUndefined();
  });

  it.each([
    [{ ...NONE, mustContain: '112' }, 'Call us.', 'must contain "112"'],
    [{ ...NONE, mustNotContain: 'refund' }, 'You get a Refund.', 'must not contain "refund"'],
    [{ ...NONE, mustEqual: 'Yes.' }, 'Yes. Well.', 'must be "Yes."'],
    [{ ...NONE, mustContain: 'a' }, '', 'must contain "a"'],
  ])('names the broken one of %j', (demands, answer, words) => {
    expect(brokenDemand(demands, answer)).toBe(words);
  });
});
