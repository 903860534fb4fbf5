import { nextInTurn, type Waiting } from './run-turns.js';

const run = (id: string, at: number, rest: Partial<Waiting> = {}): Waiting => ({
  ...{ id, status: 'queued', mode: 'full', pausedAt: null, createdAt: new Date(at) },
  ...rest,
});
const next = (...runs: Waiting[]) => nextInTurn(runs)?.id;

describe('nextInTurn', () => {
  it('lets what has begun end first, also while it is paused', () => {
    expect(next(run('waits', 1, { mode: 'micro' }), run('trains', 2, { status: 'training' }))).toBe('trains');
    const paused = run('paused', 2, { status: 'evaluating', pausedAt: new Date(3) });
    expect(next(run('waits', 1, { mode: 'micro' }), paused)).toBe('paused');
  });

  it('takes what is to be taught now before what can wait, then the oldest', () => {
    const runs = [run('full', 1), run('second', 3, { mode: 'micro' }), run('first', 2, { mode: 'micro' })];
    expect(next(...runs)).toBe('first');
    expect(next(run('b', 2), run('a', 1))).toBe('a');
  });

  it('passes over what is paused before it began', () => {
    expect(next(run('paused', 1, { pausedAt: new Date(2) }), run('free', 3))).toBe('free');
    expect(next(run('paused', 1, { pausedAt: new Date(2) }))).toBeUndefined();
    expect(next()).toBeUndefined();
  });
});
