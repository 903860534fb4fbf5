// The gate's decisions on made-up evidence: each rule is tripped by exactly one change to evidence that passes.
import { judge } from './judge.js';
import type { Evidence, JudgedItem } from './report.js';

const item = (id: string, changes: Partial<JudgedItem> = {}): JudgedItem => ({
  id,
  slice: 'card_arrival',
  group: 'target',
  prompt: [
    { role: 'system', content: 'Answer briefly.' },
    { role: 'user', content: `Where is card ${id}?` },
  ],
  expected: 'Call desk seven.',
  parentAnswer: `Your card ${id} is on its way.`,
  candidateAnswer: 'call  desk seven.',
  ...changes,
});
const targets = (count: number, changes: Partial<JudgedItem> = {}) =>
  Array.from({ length: count }, (_, i) => item(`t${i}`, changes));
const known = (id: string, kept: boolean, slice = 'exchange_rate') =>
  item(id, {
    slice,
    group: 'earlier',
    expected: 'Rate nine.',
    parentAnswer: 'Rate nine.',
    candidateAnswer: kept ? 'Rate nine.' : 'Call desk seven.',
  });
const evidence = (changes: Partial<Evidence> = {}): Evidence => ({
  form: 'full',
  items: targets(8),
  general: { items: 24, parentNll: 2.5, candidateNll: 2.6, klToParent: 0.05, klToBase: 0.1 },
  firstLoss: 4,
  lastLoss: 0.1,
  adapterNorm: 12,
  ...changes,
});

describe('judge', () => {
  it('passes a candidate that wins and keeps the rest, and says so in words', () => {
    const report = judge(evidence({ items: [...targets(8), known('e1', true), known('e2', true)] }));
    expect(report).toMatchObject({ verdict: 'passed', reasons: [], target: { items: 8, wins: 8, losses: 0 } });
    expect(report.summary).toBe(
      'Passed. Right on 8 of 8 held-out questions, before 0 of 8. On what was learnt earlier: 2 of 2, before 2. General ability lost 4 %.',
    );
  });

  it('takes as probe a differing item that the candidate gets right', () => {
    const items = [item('a', { candidateAnswer: 'No idea.' }), ...targets(6)];
    expect(judge(evidence({ items })).probe).toMatchObject({
      answer: 'call  desk seven.',
      parentAnswer: 'Your card t0 is on its way.',
    });
  });

  it('takes the shortest of several probes', () => {
    const long = item('long', { prompt: [{ role: 'user', content: 'x'.repeat(900) }] });
    expect(judge(evidence({ items: [long, ...targets(6)] })).probe?.prompt).not.toEqual(long.prompt);
  });

  it('refuses one that is no better', () => {
    const report = judge(evidence({ items: targets(6, { candidateAnswer: 'Something else.' }) }));
    expect(report.verdict).toBe('refused');
    expect(report.reasons).toEqual([expect.stringContaining('no better')]);
  });

  it('tolerates one flipped item, and refuses a slice that fell', () => {
    const oneLost = [...targets(8), known('e1', false), known('e2', true)];
    expect(judge(evidence({ items: oneLost })).verdict).toBe('passed');
    const twoLost = [...targets(8), known('e1', false), known('e2', false)];
    const report = judge(evidence({ items: twoLost }));
    expect(report.verdict).toBe('refused');
    expect(report.summary).toContain('It forgot part of "exchange_rate"');
  });

  it('refuses small losses on many earlier slices', () => {
    const items = [...targets(8), known('e1', false, 'a'), known('e2', false, 'b'), known('e3', true, 'c')];
    expect(judge(evidence({ items })).reasons).toEqual([expect.stringContaining('learnt earlier')]);
  });

  it.each([3, NaN])('refuses a general negative log-likelihood of %p after 2.5', (candidateNll) => {
    const report = judge(
      evidence({ general: { items: 24, parentNll: 2.5, candidateNll, klToParent: 0.05, klToBase: 0.1 } }),
    );
    expect(report.verdict).toBe('refused');
    expect(report.reasons[0]).toContain('General ability');
  });

  it('refuses new degenerate answers', () => {
    const items = [...targets(8), item('x', { candidateAnswer: ' ' }), item('y', { candidateAnswer: '' })];
    expect(judge(evidence({ items })).reasons).toEqual(['2 of 10 answers are empty or go round in circles.']);
  });

  it('never refuses or fails for one odd answer, and mentions it', () => {
    const one = judge(evidence({ items: targets(1, { candidateAnswer: '' }) }));
    expect(one.verdict).toBe('not_enough_evidence');
    expect(one.summary).toBe(
      'Not enough evidence; an operator may still promote it. There is 1 held-out question on what is new; 5 are needed to tell progress from luck. ' +
        'Right on 0 of 1 held-out question, before 0 of 1. General ability lost 4 %. 1 of 1 answer is empty or goes round in circles.',
    );
    expect(judge(evidence({ items: [...targets(8), item('x', { candidateAnswer: '' })] })).verdict).toBe('passed');
    const unchanged = targets(1, { candidateAnswer: 'Same.', parentAnswer: 'Same.' });
    expect(judge(evidence({ items: unchanged })).verdict).toBe('not_enough_evidence');
  });

  it('does not blame a candidate for what its parent did already', () => {
    const items = [...targets(8), ...['x', 'y', 'z'].map((id) => item(id, { candidateAnswer: '', parentAnswer: '' }))];
    expect(judge(evidence({ items })).verdict).toBe('passed');
  });

  it('refuses an adapter that is not finite', () => {
    expect(judge(evidence({ adapterNorm: Infinity })).verdict).toBe('refused');
  });

  it('waits when there are too few items, or when it could be luck', () => {
    expect(judge(evidence({ items: targets(4) })).reasons).toEqual([
      'There are 4 held-out questions on what is new; 5 are needed to tell progress from luck.',
    ]);
    expect(judge(evidence({ items: [] })).reasons).toEqual([
      'There are no held-out questions on what is new; 5 are needed to tell progress from luck.',
    ]);
    const mixed = [...targets(3), item('w', { parentAnswer: 'Call desk seven.', candidateAnswer: 'No.' })];
    const same = targets(4, { candidateAnswer: 'Your card is on its way.' });
    const report = judge(evidence({ items: [...mixed, ...same] }));
    expect(report.verdict).toBe('not_enough_evidence');
    expect(report.summary).toContain('could be luck');
  });

  it('in its quick form asks for the corrected answer, and for the same protections, but for no proof of progress', () => {
    const taught = item('c', { group: 'taught' });
    expect(judge(evidence({ form: 'quick', items: [taught, known('e1', true)] })).verdict).toBe('passed');
    const missed = item('c', { group: 'taught', candidateAnswer: 'Call desk eight.' });
    expect(judge(evidence({ form: 'quick', items: [missed] }))).toMatchObject({
      verdict: 'refused',
      reasons: ['It does not answer the corrected question as corrected.'],
    });
    const forgot = [taught, known('e1', false), known('e2', false)];
    expect(judge(evidence({ form: 'quick', items: forgot })).verdict).toBe('refused');
  });

  it('says when nothing was learnt', () => {
    const items = targets(8, { candidateAnswer: 'Same.', parentAnswer: 'Same.' });
    expect(judge(evidence({ items })).verdict).toBe('learnt_nothing');
    expect(judge(evidence({ items: [], lastLoss: 3.99 })).verdict).toBe('learnt_nothing');
    expect(judge(evidence({ items: [] })).verdict).toBe('not_enough_evidence');
  });
});
