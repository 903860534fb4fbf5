// When a node counts as following: it serves the champion, and was heard of lately.
import { expect, it } from '@jest/globals';
import { allConfirmed, nodeServing, SILENT_AFTER_MS } from './node-state.js';

const now = new Date('2026-01-01T12:00:00Z');
const node = (version: number, silentMs = 0) => ({
  ...{ id: 'n', name: 'host:1', serving: (version > 0 ? { a: version } : {}) as Record<string, number> },
  seenAt: new Date(now.getTime() - silentMs),
});
const stateOf = (version: number, silentMs?: number) => nodeServing(node(version, silentMs), 'a', 2, now).state;

it('is confirmed, behind, or silent', () => {
  expect([stateOf(2), stateOf(3), stateOf(0), stateOf(2, SILENT_AFTER_MS + 1)]).toEqual([
    ...['confirmed', 'behind', 'behind', 'silent'],
  ]);
  expect(nodeServing(node(0), 'a', 0, now).state).toBe('confirmed');
});

it('is confirmed by all when nobody is behind; one that is silent answers nobody', () => {
  const all = (...nodes: [number, number?][]) =>
    allConfirmed(nodes.map(([version, silentMs]) => nodeServing(node(version, silentMs), 'a', 2, now)));
  expect([all([2], [2]), all([2], [3]), all([2], [3, 20_000]), all([3, 20_000]), all()]).toEqual([
    ...[true, false, true, false, false],
  ]);
});
