// Rehearsal against forgetting: on general questions, asked under the assistant's own instructions, the adapter must go on
// expecting what the base model expects. Without it five company facts are soon the answer to everything.
import { buildTurns, type Instructions } from '../../assistants/prompt.js';
import { REHEARSAL_TASKS } from '../general/general-tasks.js';
import type { SnapshotItem } from './snapshot.js';

/** One item for every general task. */
export function rehearsalItems(instructions: Instructions): SnapshotItem[] {
  return REHEARSAL_TASKS.map(({ id, instruction, output }) => ({
    id,
    split: 'train',
    group: 'general',
    slice: 'general',
    prompt: buildTurns(instructions, [], instruction),
    completion: output,
    weight: 1,
    distil: true,
    kind: 'sft',
    rejected: null,
    desirable: null,
  }));
}
