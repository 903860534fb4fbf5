// Whose turn it is among an assistant's runs: one at a time, and what an agent wants taught now goes before what can wait. Pure.
import type { TrainingRun } from '../../database/entities/training-run.entity.js';

/** What the order depends on. */
export type Waiting = Pick<TrainingRun, 'id' | 'status' | 'mode' | 'pausedAt' | 'createdAt'>;

/**
 * The run that may work now, of all unfinished runs of one assistant: the one that has begun, also while it is paused (it keeps
 * its place, for it was prepared for this champion); else the first of those that wait, micro-runs first.
 */
export function nextInTurn<Run extends Waiting>(unfinished: readonly Run[]): Run | undefined {
  const begun = unfinished.find(({ status }) => status !== 'queued');
  if (begun) return begun;
  return unfinished.filter(({ pausedAt }) => !pausedAt).sort(byUrgency)[0];
}

const byUrgency = (a: Waiting, b: Waiting) =>
  Number(b.mode === 'micro') - Number(a.mode === 'micro') || a.createdAt.getTime() - b.createdAt.getTime();
