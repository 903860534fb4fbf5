// The states of a training run as a table: what may follow what. Everything that moves a run asks here first.
import type { RunStatus } from '../../database/entities/training-run.entity.js';
import { LearningError } from '../learning-error.js';

const NEXT: Record<RunStatus, readonly RunStatus[]> = {
  queued: ['preparing', 'failed', 'cancelled'],
  preparing: ['training', 'failed', 'cancelled'],
  training: ['evaluating', 'failed', 'cancelled'],
  evaluating: ['candidate', 'rejected', 'failed', 'cancelled'],
  candidate: [],
  rejected: [],
  failed: [],
  cancelled: [],
};

/** States in which a run still has something to do. */
export const UNFINISHED: readonly RunStatus[] = (Object.keys(NEXT) as RunStatus[]).filter(
  (status) => NEXT[status].length > 0,
);

/** True when nothing more happens to a run in this state. */
export const isFinished = (status: RunStatus): boolean => NEXT[status].length === 0;

const RETRIED: readonly RunStatus[] = ['failed', 'rejected', 'cancelled'];

/** True when a run came to nothing, so that another try makes sense. */
export const canBeRetried = (status: RunStatus): boolean => RETRIED.includes(status);

/** @throws LearningError `learning.illegal_transition` */
export function assertTransition(from: RunStatus, to: RunStatus): void {
  if (NEXT[from].includes(to)) return;
  throw new LearningError('learning.illegal_transition', `A training run can't go from ${from} to ${to}.`, 'conflict');
}
