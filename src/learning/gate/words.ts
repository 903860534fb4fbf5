// The gate's sentences, for operators who never heard of a p-value.
import type { Measures, PairedCounts, Verdict } from './report.js';
import { MAX_GENERAL_INCREASE } from './thresholds.js';

const percent = (share: number) => `${Math.round(share * 100)} %`;
const points = (share: number) => `${Math.round(share * 100)} points`;
const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
const questions = (count: number) => plural(count, 'question');
const answers = (count: number) => plural(count, 'answer');

/** The first thing an operator reads: the verdict, then the numbers it rests on. */
export function summary(verdict: Verdict, reasons: readonly string[], measures: Measures): string {
  const { target, earlier, general, degenerate: bad, answers: asked, canaries } = measures;
  const badAnswers = bad.candidate > 0 && degenerate(bad.candidate, asked);
  const brokenBefore = canaries.filter(({ parentBreaksToo }) => parentBreaksToo).map(brokenCanary);
  const facts = [
    target.items > 0 &&
      `Right on ${target.candidateRight} of ${plural(target.items, 'held-out question')}, before ${target.parentRight} of ${target.items}.`,
    earlier.items > 0 &&
      `On what was learnt earlier: ${earlier.candidateRight} of ${earlier.items}, before ${earlier.parentRight}.`,
    Number.isFinite(general.increase) &&
      `General ability ${general.increase >= 0.005 ? `lost ${percent(general.increase)}` : 'was kept'}.`,
    badAnswers && !reasons.includes(badAnswers) && badAnswers,
    ...brokenBefore.filter((sentence) => !reasons.some((reason) => reason.includes(sentence))),
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

export const finite = (norm: number) => `All its numbers are finite; their norm is ${norm.toFixed(1)}.`;
export const notFinite = () => 'The adapter holds values that are not finite numbers.';

export const brokenCanary = ({ question, broken, parentBreaksToo }: Measures['canaries'][number]) =>
  `The answer to the canary "${shortened(question)}" ${broken}${parentBreaksToo ? ', and was wrong before as well' : ''}.`;
export const canariesKept = () => 'No canary is broken.';

export const leaks = (found: Measures['leaks']) =>
  found.length === 0
    ? 'No answer gives away anything private.'
    : `${found.length === 1 ? '1 answer gives' : `${found.length} answers give`} away ${found[0]?.leak}, e.g. to "${shortened(found[0]?.question ?? '')}".`;

export function taught({ items, right }: Measures['taught']): string {
  if (items === 0) return 'The corrected question was not asked.';
  const asked = items === 1 ? 'the corrected question' : `${items - right || items} of the corrected questions`;
  return right === items ? `It answers ${asked} as corrected.` : `It does not answer ${asked} as corrected.`;
}

/** What a comparison of this size can see, so that "no difference" is not read as more than it is. */
const seeable = ({ items, detectable }: PairedCounts) =>
  detectable === null
    ? `With ${questions(items)} no change could have been seen for sure.`
    : `With ${questions(items)} only a change of ${points(detectable)} or more would have been seen.`;

export const better = (counts: PairedCounts) =>
  `It is better on the new examples: ${answers(counts.wins)} became right, ${counts.losses} became wrong; by at least ${points(counts.lowerBound ?? 0)}, 95 % sure. ${seeable(counts)}`;

export const noBetter = (counts: PairedCounts) =>
  `It is no better on the new examples: ${answers(counts.wins)} became right, ${counts.losses} became wrong. ${seeable(counts)}`;

export const tooFewItems = (items: number, needed: number) =>
  `There ${items === 1 ? 'is' : 'are'} ${items === 0 ? 'no held-out questions' : plural(items, 'held-out question')} on what is new; ${needed} are needed to tell progress from luck.`;

export const tooFewConversations = (conversations: number) =>
  `All held-out questions on what is new come from ${plural(conversations, 'conversation')}: too few to tell progress from luck.`;

export const couldBeLuck = (counts: PairedCounts) =>
  `${answers(counts.wins)} became right and ${counts.losses} became wrong: that could be luck. ${seeable(counts)}`;

const subject = (slice: string) => (slice === 'earlier' ? 'what was learnt earlier' : `part of "${slice}"`);

export const fell = (slice: string, { items, wins, losses }: PairedCounts) =>
  `It forgot ${subject(slice)}: of ${questions(items)}, ${losses} became wrong and ${wins} became right.`;

export const mayHaveFallen = (slice: string, counts: PairedCounts) =>
  `It may have forgotten ${subject(slice)}: of ${questions(counts.items)}, ${counts.losses} became wrong and ${counts.wins} became right, so a fall of ${points(-(counts.lowerBound ?? 0))} can't be ruled out.`;

export const held = (slice: string, counts: PairedCounts) =>
  `It kept ${subject(slice)}: of ${questions(counts.items)}, ${counts.losses} became wrong and ${counts.wins} became right. ${seeable(counts)}`;

export const nothingEarlier = () => 'Nothing was learnt earlier.';
export const slicesHeld = (slices: number) => `None of the ${slices} earlier slices fell.`;

export const general = (increase: number) => {
  if (!Number.isFinite(increase)) return 'General ability could not be measured.';
  const allowed = `at most ${percent(MAX_GENERAL_INCREASE)} is allowed`;
  return increase < 0.005
    ? `General ability was kept; a fall of ${allowed}.`
    : `General ability fell by ${percent(increase)}; ${allowed}.`;
};

export const drift = (kl: number, allowed: number, from: string) =>
  Number.isFinite(kl)
    ? `On general questions it has moved ${kl.toFixed(3)} nats a token away from ${from}; at most ${allowed} is allowed.`
    : `How far it has moved away from ${from} could not be measured.`;

export const degenerate = (count: number, asked: number) =>
  `${count} of ${answers(asked)} ${count === 1 ? 'is empty, broken or goes round in circles' : 'are empty, broken or go round in circles'}.`;

export const refusals = (count: number, asked: number) =>
  `${count} of ${answers(asked)} ${count === 1 ? 'declines' : 'decline'} to help.`;

export const overConfident = ({ questions: asked, parent, candidate, example }: Measures['overConfident']) =>
  `To ${candidate} of ${questions(asked)} that nobody taught it anything about it gives a taught answer, before to ${parent}` +
  (example ? `; e.g. to "${shortened(example.question)}": "${shortened(example.answer)}".` : '.');

const SHOWN_CHARS = 80;
const shortened = (text: string) => (text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS - 1)}…` : text);
