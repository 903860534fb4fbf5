// Who served when: no gap between champions, a canary's share by its steps, and nothing left of a canary that ended.
import { describe, expect, it } from '@jest/globals';
import type { DeploymentAction } from '../../database/entities/deployment.entity.js';
import { bandsOf, servedAt, type Move } from './bands.js';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));
const move = (
  minute: number,
  action: DeploymentAction,
  fromVersion: number,
  toVersion: number,
  share?: number,
): Move => ({
  ...{ action, fromVersion, toVersion, createdAt: at(minute) },
  evidence: share === undefined ? null : { rolloutId: 'r', share },
});
const told = (moves: Move[]) =>
  bandsOf(moves).map(
    ({ kind, version, from, to, share }) =>
      `${kind} ${version} ${from?.getUTCMinutes() ?? '-'}–${to?.getUTCMinutes() ?? '-'} ${share}`,
  );

describe('bands', () => {
  it('begin with the base model and leave no gap', () => {
    expect(told([])).toEqual(['champion 0 -–- 1']);
    expect(told([move(1, 'promote', 0, 1), move(5, 'promote', 1, 2), move(7, 'rollback', 2, 1)])).toEqual([
      ...['champion 0 -–1 1', 'champion 1 1–5 1', 'champion 2 5–7 1', 'champion 1 7–- 1'],
    ]);
  });

  it('show a canary by its shares until it ends', () => {
    const rollout = [move(1, 'canary_start', 0, 1, 0.05), move(2, 'canary_step', 0, 1, 0.25)];
    expect(told([...rollout, move(3, 'canary_wait', 0, 1, 0.25), move(4, 'canary_rollback', 1, 0, 0.25)])).toEqual([
      ...['champion 0 -–- 1', 'canary 1 1–2 0.05', 'canary 1 2–4 0.25'],
    ]);
    expect(told([...rollout, move(3, 'canary_pause', 0, 1, 0.25), move(4, 'canary_resume', 0, 1, 0.25)])).toEqual([
      ...['champion 0 -–- 1', 'canary 1 1–2 0.05', 'canary 1 2–3 0.25', 'canary 1 3–4 0', 'canary 1 4–- 0.25'],
    ]);
    expect(told([...rollout, move(6, 'promote', 0, 1)])).toEqual([
      ...['champion 0 -–6 1', 'canary 1 1–2 0.05', 'canary 1 2–6 0.25', 'champion 1 6–- 1'],
    ]);
  });
});

describe('who served at a moment', () => {
  const bands = bandsOf([
    ...[move(1, 'promote', 0, 1), move(2, 'canary_start', 1, 2, 0.1), move(4, 'canary_abort', 2, 1, 0.1)],
  ]);

  it.each([
    [0, 0, null],
    [1, 1, null],
    [3, 1, 2],
    [4, 1, null],
  ])('minute %i: version %i, canary %s', (minute, champion, canary) => {
    const served = servedAt(bands, at(minute));
    expect([served.champion, served.canary?.version ?? null]).toEqual([champion, canary]);
  });
});
