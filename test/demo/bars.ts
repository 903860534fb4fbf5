// What the demo must show, as numbers.

/** The last line of the demo. */
export interface DemoResult {
  /** Share of held-out questions answered right, 0 … 1. */
  before: number;
  after: number;
  afterRollback: number;
  trainSeconds: number;
  promoteToFirstTokenMs: number;
  rollbackToFirstTokenMs: number;
  failedMessages: number;
  lostMessages: number;
}

const BARS: { name: keyof DemoResult; holds: (value: number) => boolean; words: string }[] = [
  { name: 'before', holds: (value) => value <= 0.05, words: 'at most 0.05' },
  { name: 'after', holds: (value) => value >= 0.85, words: 'at least 0.85' },
  { name: 'afterRollback', holds: (value) => value <= 0.05, words: 'at most 0.05' },
  { name: 'promoteToFirstTokenMs', holds: (value) => value <= 1500, words: 'at most 1500' },
  { name: 'rollbackToFirstTokenMs', holds: (value) => value <= 1500, words: 'at most 1500' },
  { name: 'failedMessages', holds: (value) => value === 0, words: '0' },
  { name: 'lostMessages', holds: (value) => value === 0, words: '0' },
];

/** A sentence for every bar that was missed. */
export function missedBars(result: DemoResult): string[] {
  return BARS.filter(({ name, holds }) => !holds(result[name])).map(
    ({ name, words }) => `${name} is ${result[name]}, and should be ${words}.`,
  );
}
