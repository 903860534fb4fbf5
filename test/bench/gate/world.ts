// The company of the gate's benchmark: what its champion knows already, what a candidate may learn, and what the gate will ask. Questions
// are Banking77's; none that is asked by the gate is ever trained on.
import { buildTurns, type Instructions } from '../../../src/assistants/prompt.js';
import { rehearsalItems } from '../../../src/learning/snapshot/rehearsal.js';
import type { SnapshotItem } from '../../../src/learning/snapshot/snapshot.js';
import { loadQuestions } from '../../demo/questions.js';
import { COMPANY_FACTS } from '../../demo/company.js';

export const INSTRUCTIONS: Instructions = {
  instructions: 'You are the support assistant of a bank. Answer briefly.',
  fewShot: [],
};

/** Taught before the benchmark's candidates begin: their questions are the gate's earlier slices. */
export const KNOWN = ['lost_or_stolen_card', 'exchange_rate'] as const;

const TRAIN_EACH = 12;
const HELD_OUT_EACH = 10;
/** Of the general tasks, so that two dozen trainings take minutes. */
const REHEARSED = 6;
/** Characters of a rehearsed answer. */
const REHEARSED_CHARS_MAX = 100;

const questions = loadQuestions({ trainEach: TRAIN_EACH, heldOutEach: HELD_OUT_EACH });
export const source = questions.source;

export const factOf = (intent: string): string => COMPANY_FACTS[intent] ?? '';

/** A line of a snapshot, as a correction makes it. */
export function line(
  id: string,
  question: string,
  completion: string,
  more: Partial<Pick<SnapshotItem, 'slice' | 'group' | 'weight' | 'split'>> = {},
): SnapshotItem {
  return {
    ...{ id, split: 'train', group: 'new', slice: 'other', weight: 1, ...more },
    prompt: buildTurns(INSTRUCTIONS, [], question),
    completion,
    distil: false,
    kind: 'sft',
    rejected: null,
    desirable: null,
  };
}

const linesOf = (set: 'train' | 'heldOut', intent: string, group: SnapshotItem['group'], count: number) =>
  questions[set]
    .filter((question) => question.intent === intent)
    .slice(0, count)
    .map(({ text, wanted }, i) => line(`${set}-${intent}-${i}`, text, wanted, { slice: intent, group }));

/** Corrections of an intent. */
export const taught = (intent: string, count: number): SnapshotItem[] => linesOf('train', intent, 'new', count);
/** Replay of what the champion knows. */
export const replay = (each: number): SnapshotItem[] =>
  KNOWN.flatMap((intent) => linesOf('train', intent, 'earlier', each));
/** What the gate asks of an intent. */
export const heldOut = (intent: string, count = HELD_OUT_EACH): SnapshotItem[] =>
  linesOf('heldOut', intent, (KNOWN as readonly string[]).includes(intent) ? 'earlier' : 'new', count);
export const rehearsal = (): SnapshotItem[] =>
  rehearsalItems(INSTRUCTIONS, { count: REHEARSED }).map((item) => ({
    ...item,
    completion: item.completion.slice(0, REHEARSED_CHARS_MAX),
  }));
