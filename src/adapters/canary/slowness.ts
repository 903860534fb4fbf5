// Which answers are slow: longer than nine in ten of the champion's answers before them. Pure.
import type { Observation } from './betting.js';
import type { Seen } from './evidence.js';
import { SLOW_CONTROL_MIN, SLOW_QUANTILE } from './thresholds.js';

/**
 * One observation for each whole answer, in order, from the moment that there is something to compare with. The limit is known
 * before the answer that it judges, as the bet needs.
 */
export function slowObservations(answered: readonly Seen[]): { observations: Observation[]; limitMs: number | null } {
  const control: number[] = [];
  const observations: Observation[] = [];
  let limitMs: number | null = null;
  for (const { arm, share, latencyMs } of answered) {
    if (latencyMs === null) continue;
    if (limitMs !== null) observations.push({ canary: arm === 'canary', share, score: latencyMs > limitMs ? 1 : 0 });
    if (arm === 'canary') continue;
    insert(control, latencyMs);
    if (control.length >= SLOW_CONTROL_MIN) limitMs = control[Math.ceil(control.length * SLOW_QUANTILE) - 1] ?? null;
  }
  return { observations, limitMs };
}

/** Keeps the numbers sorted. */
function insert(sorted: number[], value: number): void {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, value);
}
