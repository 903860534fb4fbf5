// The minimum detectable effect of an exact sign test (McNemar's in its exact form; power of it: Connor 1987, here in the best case that every
// change goes one way): how large a change had to be to be seen at all. Without it "no difference was seen" means nothing.
import { binomialUpperTail, mcnemarBetter } from './mcnemar.js';

/** A change is said to be seen when it would be in this share of such comparisons. */
const POWER = 0.8;
const STEPS = 1_000;

/**
 * The smallest share of questions, 0 … 1, that must change for the better (or all for the worse) for the test to notice at this level in 4 of 5
 * cases. Infinity where no change could be noticed: there are too few independent questions.
 */
export function detectableEffect(questions: number, level: number): number {
  const needed = winsNeeded(level);
  if (questions < needed) return Infinity;
  for (let step = 1; step < STEPS; step++) {
    if (binomialUpperTail(needed, questions, step / STEPS) >= POWER) return step / STEPS;
  }
  return 1;
}

/** Fewest wins without a loss that are significant: ½ⁿ ≤ level. */
function winsNeeded(level: number): number {
  let wins = 1;
  while (mcnemarBetter({ wins, losses: 0 }) > level) wins += 1;
  return wins;
}
