// Which examples a run of an arm learns from.
import { rehearsalItems } from '../../../src/learning/snapshot/rehearsal.js';
import { selectTraining, type Candidate } from '../../../src/learning/snapshot/select.js';
import type { SnapshotItem } from '../../../src/learning/snapshot/snapshot.js';
import { INSTRUCTIONS, type Taught } from './feedback.js';

/** What the choice depends on. */
export interface Choice {
  taught: readonly Taught[];
  seed: number;
}

/** The task's own examples, and nothing against forgetting. */
export const newOnly = ({ taught, seed }: Choice, task: number): SnapshotItem[] =>
  asNew(
    taught.filter((example) => example.task === task),
    seed,
  ).map(toItem('new'));

/** The product's own choice for a run: everything new, replay of what was learnt, rehearsal of general ability. */
export function withReplay({ taught, seed }: Choice, task: number): SnapshotItem[] {
  const known = taught.filter((example) => example.task <= task);
  const pool = known.map((example) => ({ ...example, learnt: example.task < task }));
  const { fresh, replay } = selectTraining(pool, { seed: seed + task, replayAll: false });
  const rehearsal = rehearsalItems(INSTRUCTIONS, { nth: task, seed });
  return [...fresh.map(toItem('new')), ...replay.map(toItem('earlier')), ...rehearsal];
}

/** All examples as if they were new, with rehearsal. */
export const everything = (taught: readonly Taught[], seed: number): SnapshotItem[] => [
  ...asNew(taught, seed).map(toItem('new')),
  ...rehearsalItems(INSTRUCTIONS),
];

/** `count` examples of the tasks before this one, evenly spread. */
export function earlierItems({ taught, seed }: Choice, task: number, count: number): SnapshotItem[] {
  const earlier = asNew(
    taught.filter((example) => example.task < task),
    seed,
  );
  const every = Math.ceil(earlier.length / count);
  return earlier.filter((_, i) => i % every === 0).map(toItem('earlier'));
}

/** What agents corrected up to this task: the memory's entries. */
export const corrections = (taught: readonly Taught[], task: number): Taught[] =>
  taught.filter((example) => example.task <= task && example.sourceCorrectionId !== null);

const asNew = (taught: readonly Taught[], seed: number) => selectTraining(taught, { seed, replayAll: false }).fresh;

const toItem =
  (group: SnapshotItem['group']) =>
  ({ id, slice, prompt, completion, weight }: Candidate): SnapshotItem => ({
    ...{ id, split: 'train', group, slice, prompt, completion, weight },
    ...{ kind: 'sft', rejected: null, desirable: null, distil: false },
  });
