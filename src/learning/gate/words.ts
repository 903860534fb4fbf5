// The gate's sentences, for operators who never heard of a p-value.
import type { GateReport, PairedCounts, Verdict } from './report.js';
import { MAX_GENERAL_INCREASE } from './thresholds.js';

const percent = (share: number) => `${Math.round(share * 100)} %`;
const questions = (count: number) => `${count} ${count === 1 ? 'question' : 'questions'}`;

/** The first thing an operator reads: the verdict, then the numbers it rests on. */
export function summary(
  verdict: Verdict,
  reasons: readonly string[],
  { target, earlier, general }: Pick<GateReport, 'target' | 'earlier' | 'general'>,
): string {
  const facts = [
    target.items > 0 &&
      `Right on ${target.candidateRight} of ${target.items} held-out ${target.items === 1 ? 'question' : 'questions'}, before ${target.parentRight} of ${target.items}.`,
    earlier.items > 0 &&
      `On what was learnt earlier: ${earlier.candidateRight} of ${earlier.items}, before ${earlier.parentRight}.`,
    Number.isFinite(general.increase) &&
      `General ability ${general.increase >= 0.005 ? `lost ${percent(general.increase)}` : 'was kept'}.`,
  ];
  return [OPENING[verdict], ...reasons, ...facts].filter(Boolean).join(' ');
}

const OPENING: Record<Verdict, string> = {
  passed: 'Passed.',
  refused: 'Refused.',
  not_enough_evidence: 'Not enough evidence; an operator may still promote it.',
  learnt_nothing: 'Learnt nothing.',
};

export const noAnswerChanged = (items: number) =>
  `Training had no effect: the answers to all ${questions(items)} are the same as before.`;

export const lossDidNotFall = (first: number, last: number) =>
  `Training had no effect: the loss went from ${first.toFixed(3)} to ${last.toFixed(3)}.`;

export const notFinite = () => 'The adapter holds values that are not finite numbers.';

export const noBetter = ({ wins, losses }: PairedCounts) =>
  `It is no better on the new examples: ${wins} answers became right, ${losses} became wrong.`;

export const sliceFell = ({ slice, items, wins, losses }: PairedCounts & { slice: string }) =>
  `It forgot part of "${slice}": of ${questions(items)}, ${losses} became wrong and ${wins} became right.`;

export const earlierFell = ({ items, wins, losses }: PairedCounts) =>
  `It forgot what was learnt earlier: of ${questions(items)}, ${losses} became wrong and ${wins} became right.`;

export const generalFell = (increase: number) =>
  Number.isFinite(increase)
    ? `General ability fell by ${percent(increase)}; at most ${percent(MAX_GENERAL_INCREASE)} is allowed.`
    : 'General ability could not be measured.';

export const degenerate = (count: number, items: number) =>
  `${count} of ${items} answers are empty or go round in circles.`;

export const tooFewItems = (items: number, needed: number) =>
  `There are ${items} held-out questions on what is new; ${needed} are needed to tell progress from luck.`;

export const couldBeLuck = ({ wins, losses }: PairedCounts) =>
  `${wins} answers became right and ${losses} became wrong: that could be luck.`;
