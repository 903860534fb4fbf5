// The gate's sentences, for operators who never heard of a p-value.
import type { GateReport, PairedCounts, Verdict } from './report.js';
import { MAX_GENERAL_INCREASE } from './thresholds.js';

const percent = (share: number) => `${Math.round(share * 100)} %`;
const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
const questions = (count: number) => plural(count, 'question');
const answers = (count: number) => plural(count, 'answer');

/** The first thing an operator reads: the verdict, then the numbers it rests on. */
export function summary(
  verdict: Verdict,
  reasons: readonly string[],
  {
    target,
    earlier,
    general,
    degenerate: bad,
    items,
  }: Pick<GateReport, 'target' | 'earlier' | 'general' | 'degenerate' | 'items'>,
): string {
  const badAnswers = bad.candidate > 0 && degenerate(bad.candidate, items.length);
  const facts = [
    target.items > 0 &&
      `Right on ${target.candidateRight} of ${plural(target.items, 'held-out question')}, before ${target.parentRight} of ${target.items}.`,
    earlier.items > 0 &&
      `On what was learnt earlier: ${earlier.candidateRight} of ${earlier.items}, before ${earlier.parentRight}.`,
    Number.isFinite(general.increase) &&
      `General ability ${general.increase >= 0.005 ? `lost ${percent(general.increase)}` : 'was kept'}.`,
    badAnswers && !reasons.includes(badAnswers) && badAnswers,
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

export const notTaught = (items: number) =>
  `It does not answer ${items === 1 ? 'the corrected question' : `${items} of the corrected questions`} as corrected.`;

export const notFinite = () => 'The adapter holds values that are not finite numbers.';

export const noBetter = ({ wins, losses }: PairedCounts) =>
  `It is no better on the new examples: ${answers(wins)} became right, ${losses} became wrong.`;

export const sliceFell = ({ slice, items, wins, losses }: PairedCounts & { slice: string }) =>
  `It forgot part of "${slice}": of ${questions(items)}, ${losses} became wrong and ${wins} became right.`;

export const earlierFell = ({ items, wins, losses }: PairedCounts) =>
  `It forgot what was learnt earlier: of ${questions(items)}, ${losses} became wrong and ${wins} became right.`;

export const generalFell = (increase: number) =>
  Number.isFinite(increase)
    ? `General ability fell by ${percent(increase)}; at most ${percent(MAX_GENERAL_INCREASE)} is allowed.`
    : 'General ability could not be measured.';

export const degenerate = (count: number, items: number) =>
  `${count} of ${answers(items)} ${count === 1 ? 'is empty or goes' : 'are empty or go'} round in circles.`;

export const tooFewItems = (items: number, needed: number) =>
  `There ${items === 1 ? 'is' : 'are'} ${items === 0 ? 'no held-out questions' : plural(items, 'held-out question')} on what is new; ${needed} are needed to tell progress from luck.`;

export const couldBeLuck = ({ wins, losses }: PairedCounts) =>
  `${answers(wins)} became right and ${losses} became wrong: that could be luck.`;
