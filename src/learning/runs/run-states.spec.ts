import type { RunStatus } from '../../database/entities/training-run.entity.js';
import { assertTransition, isFinished, UNFINISHED } from './run-states.js';

describe('run states', () => {
  const path: RunStatus[] = ['queued', 'preparing', 'training', 'evaluating', 'candidate'];

  it('lets a run go its way, and fail or be cancelled at any point of it', () => {
    path.slice(1).forEach((to, i) => expect(() => assertTransition(path[i] as RunStatus, to)).not.toThrow());
    expect(() => assertTransition('evaluating', 'rejected')).not.toThrow();
    expect(UNFINISHED).toEqual(path.slice(0, -1));
    for (const from of UNFINISHED) {
      expect(() => assertTransition(from, 'failed')).not.toThrow();
      expect(() => assertTransition(from, 'cancelled')).not.toThrow();
    }
  });

  it.each<[RunStatus, RunStatus]>([
    ['queued', 'training'],
    ['training', 'candidate'],
    ['training', 'preparing'],
    ['candidate', 'rejected'],
    ['failed', 'queued'],
    ['cancelled', 'training'],
  ])('refuses %s → %s', (from, to) => {
    expect(() => assertTransition(from, to)).toThrow(expect.objectContaining({ code: 'learning.illegal_transition' }));
  });

  it('knows the ends', () => {
    expect(['candidate', 'rejected', 'failed', 'cancelled'].every((status) => isFinished(status as RunStatus))).toBe(
      true,
    );
    expect(isFinished('training')).toBe(false);
  });
});
