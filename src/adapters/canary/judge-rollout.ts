// What the conversations of a rollout say about its canary, and what follows: back, on, or not enough known yet. Pure.
import type { Arm } from '../../database/entities/rollout-conversation.entity.js';
import { evidenceFor, intervalOf, type Claim, type Observation } from './betting.js';
import type { Comparison, Evidence, Judged, Seen, Tally, VerdictKind } from './evidence.js';
import { slowObservations } from './slowness.js';
import {
  ALPHA_SHARES,
  CONVERSATIONS_MAX,
  MARGIN,
  PROMOTE_EVIDENCE,
  ROLLOUT_DAYS_MAX,
  SLOW_MARGIN,
  STEP_CANARY_CONVERSATIONS_MIN,
  STEP_CANARY_RATED_MIN,
  STEP_EVIDENCE,
  STEP_MINUTES_MIN,
} from './thresholds.js';
import { wordsOf } from './verdict-words.js';

export interface Verdict {
  kind: VerdictKind;
  /** In words for an operator and the audit. */
  reason: string;
  evidence: Evidence;
}

const EVIDENCE_SHOWN_MAX = 1e9;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** @param withInterval false leaves the interval at [−1, 1]: it costs twice the rest and decides nothing */
export function judgeRollout(rollout: Judged, seen: readonly Seen[], now: Date, withInterval = true): Verdict {
  const evidence = evidenceOf(rollout, seen, now, withInterval);
  const kind = kindOf(rollout, evidence, now);
  return { kind, reason: wordsOf(kind, rollout, evidence), evidence };
}

/** Whether the next step has all that it needs. */
export function hasEnough({ step, notWorse }: Evidence): boolean {
  const seen = step.canaryAnswered >= step.needed && step.canaryRated >= step.ratedNeeded;
  return seen && step.minutes >= step.minutesNeeded && notWorse.eValue >= notWorse.threshold;
}

function kindOf(rollout: Judged, evidence: Evidence, now: Date): VerdictKind {
  const harms = [evidence.ratings, evidence.failures, evidence.slowness];
  if (harms.some(({ eValue, threshold }) => eValue >= threshold)) return 'harm';
  if (rollout.state !== 'running') return 'stay';
  const { canary, control } = evidence.conversations;
  const days = (now.getTime() - (rollout.startedAt ?? now).getTime()) / DAY_MS;
  if (hasEnough(evidence)) return rollout.steps[rollout.step]?.manual ? 'wait' : 'next';
  return days >= ROLLOUT_DAYS_MAX || canary + control >= CONVERSATIONS_MAX ? 'pause' : 'stay';
}

function evidenceOf(rollout: Judged, seen: readonly Seen[], now: Date, withInterval: boolean): Evidence {
  const scored = ordered(seen, 'scoredAt').map((each) => observed(each, each.score ?? 0));
  const answered = ordered(seen, 'answeredAt');
  const slow = slowObservations(answered);
  const compare = (observations: readonly Observation[], claim: Claim, share: number) =>
    comparison(observations, claim, { alpha: rollout.alpha, share, withInterval });
  const ratings = compare(scored, { side: 'below', bound: 0 }, ALPHA_SHARES.ratings);
  const failed = answered.map((each) => observed(each, each.failed ? 1 : 0));
  const last = rollout.steps[rollout.step + 1]?.percent === 100;
  const stepStart = rollout.stepStartedAt ?? now;
  return {
    conversations: { canary: countOf(seen, 'canary'), control: countOf(seen, 'control') },
    ratings,
    failures: compare(failed, { side: 'above', bound: 0 }, ALPHA_SHARES.failures),
    slowness: {
      ...compare(slow.observations, { side: 'above', bound: SLOW_MARGIN }, ALPHA_SHARES.slowness),
      limitMs: slow.limitMs,
    },
    notWorse: {
      eValue: shown(evidenceFor({ side: 'above', bound: -MARGIN }, scored).now),
      threshold: last ? PROMOTE_EVIDENCE : STEP_EVIDENCE,
      margin: MARGIN,
    },
    step: {
      canaryAnswered: answered.filter(({ arm, assignedAt }) => arm === 'canary' && assignedAt >= stepStart).length,
      needed: STEP_CANARY_CONVERSATIONS_MIN,
      canaryRated: ratings.canary.n,
      ratedNeeded: STEP_CANARY_RATED_MIN,
      minutes: Math.floor((now.getTime() - stepStart.getTime()) / MINUTE_MS),
      minutesNeeded: STEP_MINUTES_MIN,
    },
  };
}

function comparison(
  observations: readonly Observation[],
  claim: Claim,
  { alpha, share, withInterval }: { alpha: number; share: number; withInterval: boolean },
): Comparison {
  const canary = tally(observations, true);
  const control = tally(observations, false);
  return {
    ...{ canary, control },
    eValue: shown(evidenceFor(claim, observations).highest),
    threshold: Math.round(1 / (alpha * share)),
    difference: canary.mean === null || control.mean === null ? null : canary.mean - control.mean,
    interval: withInterval ? intervalOf(observations, alpha) : [-1, 1],
  };
}

function tally(observations: readonly Observation[], ofCanary: boolean): Tally {
  const scores = observations.filter(({ canary }) => canary === ofCanary).map(({ score }) => score);
  return { n: scores.length, mean: scores.length > 0 ? scores.reduce((a, b) => a + b, 0) / scores.length : null };
}

/** In the order in which they became known; those of one look in the order of their beginnings. */
function ordered(seen: readonly Seen[], moment: 'scoredAt' | 'answeredAt'): Seen[] {
  const at = (each: Seen) => each[moment]?.getTime() ?? 0;
  return seen.filter((each) => each[moment] !== null).sort((a, b) => at(a) - at(b) || Number(a.id) - Number(b.id));
}

const observed = ({ arm, share }: Seen, score: number): Observation => ({ canary: arm === 'canary', share, score });
const countOf = (seen: readonly Seen[], arm: Arm) => seen.filter((each) => each.arm === arm).length;
/** JSON knows no infinity, and nobody needs more digits. */
const shown = (eValue: number) => Math.min(EVIDENCE_SHOWN_MAX, Math.round(eValue * 1000) / 1000);
