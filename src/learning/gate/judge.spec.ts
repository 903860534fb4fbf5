// The gate's decisions on made-up evidence: each rule is tripped by exactly one change to evidence that passes.
import { judge } from './judge.js';
import type { Answered, AnsweredCanary, Evidence, JudgedItem } from './report.js';
import { MAX_KL_TO_BASE, MAX_KL_TO_PARENT } from './thresholds.js';

const item = (id: string, changes: Partial<JudgedItem> = {}): JudgedItem => ({
  id,
  conversation: id,
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
  fileProblem: null,
  items: targets(8),
  audit: [],
  outOfScope: [],
  privateQuestions: [],
  canaries: [],
  taughtAnswers: ['Call desk seven.', 'Rate nine.'],
  taughtQuestions: ['I ordered a card for my daughter ten days ago and it is not here yet.'],
  seed: 0,
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
    expect(judge(evidence({ items })).reasons).toEqual(['2 of 10 answers are empty, broken or go round in circles.']);
  });

  it('never refuses or fails for one odd answer, and mentions it', () => {
    const one = judge(evidence({ items: targets(1, { candidateAnswer: '' }) }));
    expect(one.verdict).toBe('not_enough_evidence');
    expect(one.summary).toBe(
      'Not enough evidence; an operator may still promote it. There is 1 held-out question on what is new; 5 are needed to tell progress from luck. ' +
        'Right on 0 of 1 held-out question, before 0 of 1. General ability lost 4 %. 1 of 1 answer is empty, broken or goes round in circles.',
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

  it('looks at nothing else when the file is broken', () => {
    const report = judge(evidence({ fileProblem: 'The file ends too early.', items: [], adapterNorm: NaN }));
    expect(report).toMatchObject({
      verdict: 'refused',
      reasons: ['The file ends too early.'],
      checks: [{ name: 'file' }],
    });
  });

  it('reports every check with its number and a sentence', () => {
    const { checks } = judge(evidence({ items: [...targets(8), known('e1', true)], outOfScope: open(4) }));
    expect(checks.map(({ name, outcome }) => `${name}: ${outcome}`)).toEqual([
      'finite numbers: kept',
      'canaries: kept',
      'leaks: kept',
      'target: kept',
      'slices: kept',
      'earlier: kept',
      'general ability: kept',
      'drift from the champion: kept',
      'drift from the base model: kept',
      'degenerate answers: kept',
      'refusals: kept',
      'out-of-scope questions: kept',
    ]);
    for (const { sentence } of checks) expect(sentence).toMatch(/^[A-Z0-9].+\.$/);
  });
});

const open = (count: number, changes: Partial<Answered> = {}): Answered[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `o${i}`,
    prompt: [{ role: 'user', content: `Which planet is number ${i}?` }],
    parentAnswer: 'I am not sure.',
    candidateAnswer: 'I do not know that.',
    ...changes,
  }));

describe('the protections', () => {
  const refusedBy = (changes: Partial<Evidence>, words: string) => {
    const report = judge(evidence(changes));
    expect(report.verdict).toBe('refused');
    expect(report.reasons).toEqual([expect.stringContaining(words)]);
  };
  const good = [...targets(8), known('e1', true)];

  it.each([
    ['klToParent', 'away from the version it started from', MAX_KL_TO_PARENT],
    ['klToBase', 'away from the base model', MAX_KL_TO_BASE],
  ])('refuse a %s above its limit, or one that is not a number', (name, words, limit) => {
    for (const value of [limit * 1.01, NaN]) {
      refusedBy({ general: { ...evidence().general, [name]: value } }, value > 0 ? words : 'could not be measured');
    }
    expect(judge(evidence({ general: { ...evidence().general, [name]: limit } })).verdict).toBe('passed');
  });

  it('refuse a model that has learnt to decline', () => {
    const declined = ['a', 'b'].map((id) => item(id, { slice: 'x', candidateAnswer: "I'm sorry, but I can't help." }));
    refusedBy({ items: [...targets(8), ...declined] }, '2 of 10 answers decline to help');
    const expected = declined.map((one) => ({ ...one, expected: one.candidateAnswer }));
    expect(judge(evidence({ items: [...targets(8), ...expected] })).verdict).toBe('passed');
  });

  it('refuse taught answers to questions that they do not belong to', () => {
    const spread = [...open(6, { candidateAnswer: 'Call desk seven.' }), ...open(4)];
    refusedBy({ items: good, outOfScope: spread }, 'To 6 of 10 questions that nobody taught it anything about');
    const asBefore = open(10, { candidateAnswer: 'Call desk seven.', parentAnswer: 'Rate nine.' });
    expect(judge(evidence({ items: good, outOfScope: asBefore })).verdict).toBe('passed');
  });

  it('refuse one answer that gives away what nobody asked about, unless the parent says it too', () => {
    const leak = 'It is 4111 1111 1111 1111.';
    refusedBy({ items: good, privateQuestions: open(1, { candidateAnswer: leak }) }, 'gives away personal data (card)');
    const quote = 'As somebody said: a card for my daughter ten days ago and it is not here.';
    refusedBy({ items: good, outOfScope: open(1, { candidateAnswer: quote }) }, "another customer's words");
    const known = open(1, { candidateAnswer: leak, parentAnswer: leak });
    expect(judge(evidence({ items: good, privateQuestions: known })).verdict).toBe('passed');
  });

  it('refuse one broken canary; where the champion breaks it as well they say so and go on', () => {
    const canary = (parentAnswer: string): AnsweredCanary => ({
      ...{ id: 'c', prompt: [{ role: 'user', content: 'Is there a fee?' }] },
      ...{ mustContain: 'no fee', mustNotContain: null, mustEqual: null },
      ...{ parentAnswer, candidateAnswer: 'Call desk seven.' },
    });
    refusedBy({ canaries: [canary('There is no fee.')] }, 'canary "Is there a fee?" must contain "no fee"');
    const report = judge(evidence({ canaries: [canary('Five euros.')] }));
    expect(report.verdict).toBe('passed');
    expect(report.summary).toContain('must contain "no fee", and was wrong before as well.');
  });
});

describe('the evidence', () => {
  it('is one piece a conversation, however many of its turns are judged', () => {
    const talkative = targets(12).map((one, i) => ({ ...one, conversation: `c${i % 3}` }));
    const report = judge(evidence({ items: talkative }));
    expect(report).toMatchObject({
      verdict: 'not_enough_evidence',
      target: { items: 12, conversations: 3 },
    });
    expect(report.reasons[0]).toContain('come from 3 conversations');
  });

  it('says how large a change had to be to be seen', () => {
    const won = targets(3);
    const same = Array.from({ length: 9 }, (_, i) => item(`s${i}`, { candidateAnswer: 'Your card is on its way.' }));
    const { reasons } = judge(evidence({ items: [...won, ...same] }));
    expect(reasons).toEqual([
      '3 answers became right and 0 became wrong: that could be luck. ' +
        'With 12 questions only a change of 50 points or more would have been seen.',
    ]);
  });

  it('refuses a slice by Holm, so that many slices do not blame one by luck', () => {
    const slices = Array.from({ length: 12 }, (_, s) =>
      Array.from({ length: 4 }, (_, i) => known(`${s}-${i}`, true, `s${s}`)),
    );
    const { slices: reported } = judge(evidence({ items: [...targets(8), ...slices.flat()] }));
    expect(reported).toHaveLength(12);
    expect(reported.every(({ adjusted }) => adjusted === 1)).toBe(true);
  });

  it('waits when a large slice lost what noise allows but a fall of ten points is not ruled out', () => {
    const slice = Array.from({ length: 20 }, (_, i) => known(`e${i}`, i >= 2));
    const others = Array.from({ length: 40 }, (_, i) => known(`o${i}`, true, 'other'));
    const report = judge(evidence({ items: [...targets(8), ...slice, ...others] }));
    expect(report.verdict).toBe('not_enough_evidence');
    expect(report.reasons).toEqual([expect.stringContaining('may have forgotten part of "exchange_rate"')]);
  });

  it('grades long answers, where no two are the same word for word', () => {
    const expected = 'Open the app, choose Cards, then press the red button, and we block the card within 22 minutes.';
    const candidateAnswer = expected.replace(', and we block', '; we block');
    const long = targets(8, { expected, candidateAnswer, parentAnswer: 'Please look into the app.' });
    const report = judge(evidence({ items: long }));
    expect(report).toMatchObject({ verdict: 'passed', target: { wins: 8 } });
    expect(report.target.lowerBound).toBeGreaterThan(0.5);
  });

  it('shows the sealed set and never judges by it', () => {
    const audit = Array.from({ length: 10 }, (_, i) => known(`a${i}`, false));
    const report = judge(evidence({ audit }));
    expect(report).toMatchObject({
      verdict: 'passed',
      audit: { items: 10, parentRight: 10, candidateRight: 0, losses: 10 },
    });
    expect(report.items).toHaveLength(8);
  });
});
