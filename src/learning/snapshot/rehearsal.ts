// Rehearsal against forgetting: on general questions, asked under the assistant's own instructions, the adapter must go on
// expecting what the base model expects. Without it five company facts are soon the answer to everything.
import { buildTurns, type Instructions } from '../../assistants/prompt.js';
import type { GeneralTask } from '../general/general-tasks.js';
import { OUT_OF_SCOPE_REHEARSAL } from '../general/out-of-scope-rehearsal.js';
import { REHEARSAL_TASKS } from '../general/rehearsal-tasks.js';
import { seededRandom, shuffled } from '../../lora/random.js';
import type { SnapshotItem } from './snapshot.js';

/** Enough to hold general ability (measured, see ARCHITECTURE.md), few enough to cost little beside 50 corrections. */
export const GENERAL_PER_RUN = 20;

/**
 * Some of the general tasks and all the out-of-scope questions, as rehearsal. The tasks' order is drawn by the seed once; run after run takes the next ones of it, so after
 * a few runs each has had its turn.
 * @param options.nth number of the run, from 0
 */
export function rehearsalItems(
  instructions: Instructions,
  options: { count?: number; nth?: number; seed?: number } = {},
): SnapshotItem[] {
  const { count = GENERAL_PER_RUN, nth = 0, seed = 0 } = options;
  const order = shuffled(REHEARSAL_TASKS, seededRandom(seed));
  const taken = Math.min(count, order.length);
  const tasks = Array.from({ length: taken }, (_, i) => order[(nth * taken + i) % order.length] as GeneralTask);
  return [...tasks, ...OUT_OF_SCOPE_REHEARSAL].map(({ id, instruction, output }) => ({
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
