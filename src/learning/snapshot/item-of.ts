// An example as a line of a snapshot.
import type { Candidate } from './select.js';
import type { SnapshotItem } from './snapshot.js';

/** The example with its answer as what is to be said (SFT). */
export function itemOf(
  { id, slice, prompt, completion, weight }: Candidate,
  split: SnapshotItem['split'],
  group: SnapshotItem['group'],
): SnapshotItem {
  const asSft = { kind: 'sft', rejected: null, desirable: null, distil: false } as const;
  return { id, split, group, slice, prompt, completion, weight, ...asSft };
}
