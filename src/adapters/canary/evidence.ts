// The shapes of what is known of a rollout: its conversations, and what they say together.
import type { Rollout } from '../../database/entities/rollout.entity.js';
import type { Arm, RolloutConversation } from '../../database/entities/rollout-conversation.entity.js';

export type Judged = Pick<
  Rollout,
  'version' | 'fromVersion' | 'steps' | 'step' | 'share' | 'state' | 'alpha' | 'startedAt' | 'stepStartedAt'
>;
export type Seen = Pick<
  RolloutConversation,
  'id' | 'arm' | 'share' | 'assignedAt' | 'failed' | 'latencyMs' | 'answeredAt' | 'score' | 'scoredAt'
>;

/** How often something was, among how many, in one arm. */
export interface Tally {
  n: number;
  mean: number | null;
}
/** One kind of harm: both arms, and how sure it is. Harm is stopped for when the e-value reaches the threshold. */
export interface Comparison {
  canary: Tally;
  control: Tally;
  eValue: number;
  threshold: number;
  /** Canary minus champion; null until both were seen. */
  difference: number | null;
  /** Where it lies, at every moment with confidence 1 − α. */
  interval: [number, number];
}
export interface Evidence {
  conversations: Record<Arm, number>;
  /** Mean score of rated conversations, 1 is all 👍. */
  ratings: Comparison;
  /** Share of conversations whose first answer failed or was empty. */
  failures: Comparison;
  /** Share of first answers slower than nine in ten of the champion's. */
  slowness: Comparison & { limitMs: number | null };
  /** That the canary is at most `margin` worse; the next step needs `threshold`. */
  notWorse: { eValue: number; threshold: number; margin: number };
  /** What the next step needs: conversations answered by the canary since this one began, rated ones in all, minutes. */
  step: {
    canaryAnswered: number;
    needed: number;
    canaryRated: number;
    ratedNeeded: number;
    minutes: number;
    minutesNeeded: number;
  };
}

export type VerdictKind = 'harm' | 'next' | 'wait' | 'pause' | 'stay';
