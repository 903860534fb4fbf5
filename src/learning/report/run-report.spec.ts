import type { TrainingRun } from '../../database/entities/training-run.entity.js';
import { escaped, reportMarkdown } from './markdown.js';
import { runReport, runReportSchema } from './run-report.js';

const item = (question: string, parentRight: boolean, candidateRight: boolean) => ({
  ...{ id: question, question, slice: 'card', group: 'target', expected: 'Call desk seven.' },
  ...{
    parentAnswer: parentRight ? 'Call desk seven.' : 'No.',
    candidateAnswer: candidateRight ? 'Call desk seven.' : 'Hm.',
  },
  ...{ parentRight, candidateRight },
});

const run = (changes: Partial<TrainingRun> = {}): TrainingRun => ({
  ...{ id: '3f0d5c1e-6d0e-4a57-9f0c-0a8f6c3f9b11', assistantId: 'a', mode: 'full', correctionId: null, retryOf: null },
  ...{ status: 'candidate', trigger: 'request', requestedBy: 'Ada', parentVersion: 3, adapterVersion: 4 },
  settings: { epochs: 8, learningRate: 2e-3, rank: 8, alpha: 16, seed: 7, threads: 2 },
  ...{ progress: null, workedSeconds: 90, pausedAt: null, snapshotSha256: 'abc', error: null },
  lossCurve: [
    [1, 2],
    [2, 1],
  ],
  result: {
    ...{ backend: 'tensorflow, 2 threads', items: 4, steps: 2, tokens: 100, seconds: 9, firstLoss: 2, lastLoss: 0.5 },
    ...{ skippedSteps: 0, resumed: false, adapterNorm: 3, peakMemoryMb: 1_000, stopped: 'tokens' },
    general: { items: 8, parentNll: 2, candidateNll: 2.1, klToParent: 0.02, klToBase: 0.03 },
    plan: { epochs: 8, learningRate: 2e-3, examplesPerStep: 8, why: ['8 passes, by the rule.'] },
    composition: { train: 4, heldOut: 2, byGroup: { new: 4 }, byKind: { sft: 4 }, bySlice: { card: 4 } },
    promotion: { promoted: true, reason: 'Passed.' },
  },
  gateReport: {
    ...{ verdict: 'passed', summary: 'Passed. Right on 2 of 3.', reasons: [] },
    items: [item('Where is my card?', false, true), item('And now?', true, false), item('Still?', true, true)],
    slices: [
      { slice: 'fees', items: 9, wins: 0, losses: 1 },
      { slice: 'pin', items: 9, wins: 1, losses: 1 },
    ],
    earlier: { items: 18, wins: 1, losses: 2 },
    general: { increase: 0.05, klToParent: 0.02 },
    degenerate: { parent: 0, candidate: 1 },
  },
  cost: {
    ...{ tokens: 100, seconds: 90, device: 'tensorflow, 2 threads', peakMemoryMb: 1_000, energyWh: 0.5 },
    ...{ energyAssumption: '10 W a core, 2 cores, all of the time', money: 0.01, currency: 'EUR', pricePerHour: 0.4 },
  },
  ...{ createdAt: new Date(0), startedAt: new Date(0), finishedAt: new Date(90_000) },
  ...(changes as object),
});

describe('runReport', () => {
  it('says what was learnt, what it cost, what might be worse, and why it was trained so', () => {
    const report = runReport(run());
    expect(runReportSchema.parse(report)).toEqual(report);
    expect(report).toMatchObject({
      verdict: 'Version 4 passed and was put to work.',
      learnt: [{ question: 'Where is my card?', before: 'No.', after: 'Call desk seven.' }],
      lost: [{ question: 'And now?', before: 'Call desk seven.', after: 'Hm.' }],
      worse: [
        'Questions of the kind "fees": 1 of 9 became wrong, 0 became right.',
        'General ability: ordinary texts are 5.0 % harder for it to predict than before.',
        '1 answer of it is empty or goes round in circles; before 0.',
      ],
      examples: { train: 4, heldOut: 2 },
    });
    expect(report.cost).toEqual([
      '1.5 minutes of work on tensorflow, 2 threads, 100 tokens learnt from.',
      'At most 1,000 MiB of memory.',
      'About 0.5 Wh of energy, estimated: 10 W a core, 2 cores, all of the time.',
      '0.01 EUR, at 0.4 EUR an hour.',
    ]);
    expect(report.training).toEqual([
      '8 passes, by the rule.',
      '2 updates. Its budget of tokens ended before its plan did: it went on to the gate with what it had.',
      'Rank 8, alpha 16, seed 7.',
      'How surprised it is by the right answers: 2.000 before, 0.500 after (0 is not at all).',
    ]);
  });

  it.each<[Partial<TrainingRun>, string]>([
    [{ status: 'queued' }, 'It waits for its turn.'],
    [
      { status: 'training', pausedAt: new Date() },
      'It is paused. It is being trained; nothing has changed for customers.',
    ],
    [{ status: 'failed', error: 'No room.' }, 'It failed, and nothing has changed for customers. No room.'],
    [
      { status: 'rejected', gateReport: { reasons: ['It forgot.'] } },
      'Version 4 was refused and will not answer customers. It forgot.',
    ],
    [
      { status: 'rejected', gateReport: { reasons: ['It forgot.'] }, result: { heldBack: 2 } },
      'Version 4 was refused and will not answer customers. It forgot. 2 examples that made it forget wait in quarantine for your decision.',
    ],
    [
      { result: { promotion: { promoted: false, reason: 'Left to you.' } } },
      'Version 4 is ready and waits. Left to you.',
    ],
  ])('says what came of a run: %j', (changes, verdict) => {
    expect(runReport(run(changes)).verdict).toBe(verdict);
  });

  it('speaks of nothing that isn’t known', () => {
    const bare = run({
      status: 'queued',
      result: null,
      gateReport: null,
      cost: null,
      lossCurve: null,
      snapshotSha256: null,
    });
    expect(runReport(bare)).toMatchObject({ learnt: [], lost: [], worse: [], cost: [], training: [], examples: null });
    expect(reportMarkdown(runReport(bare), 'report.svg')).not.toContain('undefined');
  });
});

describe('reportMarkdown', () => {
  it('has every part, with text that stays text', () => {
    const gateReport = { ...run().gateReport, items: [item('<img src=x> | [a](http://b) `c`\n# d', false, true)] };
    const markdown = reportMarkdown(runReport(run({ gateReport })), 'report.svg');
    const headings = markdown.split('\n').filter((line) => line.startsWith('#'));
    expect(headings).toEqual([
      '# Training run 3f0d5c1e-6d0e-4a57-9f0c-0a8f6c3f9b11',
      '## What was learnt',
      '## What might be worse',
      '## What it cost',
      '## From what it learnt',
      '## How it was trained',
    ]);
    expect(markdown).toContain(
      '| &lt;img src=x&gt; \\| \\[a\\]\\(http&#8203;://b\\) \\`c\\` \\# d | No. | Call desk seven. |',
    );
    expect(markdown).toContain('- 4 examples \\(new 4\\); 2 questions were kept for the gate.');
    expect(markdown).toContain('![The loss over the steps](report.svg)');
  });

  it('lets no line of a text begin a list or a link', () => {
    expect(escaped('- a\n1. b www.c.d')).toBe('\\- a \\1. b www&#8203;.c.d');
  });
});
