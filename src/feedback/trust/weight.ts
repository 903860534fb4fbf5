// How much an example counts: by what was said, by how far its rater is trusted, and never more a day than one person can mean.
import type { RaterKind } from '../../database/entities/rating.entity.js';

/**
 * The sum of the weights of one rater's examples of one day. A customer means it with ten thumbs up at 0.2 each; more is a game or
 * a program. An agent who writes one correction a minute for eight hours reaches 480.
 */
export const DAY_WEIGHT_MAX: Record<RaterKind, number> = { customer: 2, agent: 500 };

/** What is left of the day's weight must be at least this to be worth an example. */
export const WEIGHT_MIN = 0.01;

export interface Agreement {
  /** Answers that the rater and an agent judged alike. */
  agreements: number;
  disagreements: number;
}

/** Beta prior of a rater who agreed with agents three times of four: somebody unknown is trusted, but not blindly. */
const PRIOR = { agreements: 3, disagreements: 1 };
const PRIOR_MEAN = PRIOR.agreements / (PRIOR.agreements + PRIOR.disagreements);

/** The mean of the rater's Beta posterior over the prior's mean, at most 1: nobody earns more than the full weight. */
export function trustOf({ agreements, disagreements }: Agreement): number {
  const mean = (PRIOR.agreements + agreements) / (PRIOR.agreements + PRIOR.disagreements + agreements + disagreements);
  return Math.min(1, mean / PRIOR_MEAN);
}

/** The weight of one more example: 0 when the day's is used up. */
export function weightOf(
  said: number,
  { kind, trust, usedToday }: { kind: RaterKind; trust: number; usedToday: number },
) {
  const left = DAY_WEIGHT_MAX[kind] - usedToday;
  return left < WEIGHT_MIN ? 0 : Math.min(said * trust, left);
}
