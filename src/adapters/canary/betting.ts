// How sure one can be, at any moment and however often one looks, that the canary's scores are worse (or not worse) than
// the champion's: a bet against the opposite, whose capital is the evidence. Pure.
//
// Sources: Waudby-Smith & Ramdas, "Estimating means of bounded random variables by betting" (2023), §4 (capital processes,
// truncated bets); Waudby-Smith, Wu, Ramdas, Karampatziakis & Mineiro, "Anytime-valid off-policy inference for contextual
// bandits" (2024), §2 (the pseudo-outcome); Ramdas, Grünwald, Vovk & Shafer, "Game-theoretic statistics and safe
// anytime-valid inference" (2023), §2 (Ville's inequality, mixtures of bets).

/** One conversation's score, in the order in which scores became known. */
export interface Observation {
  /** Whether the canary answered it. */
  canary: boolean;
  /** The probability, 0 < share < 1, with which the canary would have got it: known before, drawn by hash. */
  share: number;
  /** In [0, 1]. */
  score: number;
}

/** Evidence against a hypothesis. Under the hypothesis, P(ever ≥ 1/α) ≤ α. */
export interface EValue {
  now: number;
  /** The highest it has been. */
  highest: number;
}

/** A claim about canary's mean minus champion's mean, which the bet is for; its opposite is the hypothesis bet against. */
export interface Claim {
  side: 'above' | 'below';
  bound: number;
}

/**
 * Shares of the largest bet that can't lose everything. Their average is a bet, too, and grows nearly like the best of them:
 * nobody knows beforehand how large a difference is. None is 1: one surprise must not end the test for good.
 */
const STAKES = [0.03, 0.08, 0.18, 0.36, 0.7];
/** The running mean of all scores begins as if two conversations had scored 0 and 1. */
const PRIOR = { sum: 1, count: 2 };

/**
 * The evidence for a claim about Δ = E[score | canary] − E[score | champion].
 *
 * Each conversation gives the pseudo-outcome φ = (a − p)(y − m) / (p (1 − p)), where a is 1 for the canary, p its share,
 * y the score and m the mean of all scores *before*. E[φ] = Δ whatever m is, since a was drawn with p, so 1 + λ(φ − bound)
 * is a fair bet or worse whenever the claim is false. Nothing is assumed of how scores change over the day, nor that the
 * arms are of like size. That a canary is rated *more often* shifts p among the rated; the shift is multiplied by the error
 * of m, which fades (double robustness).
 */
export function evidenceFor({ side, bound }: Claim, observations: Iterable<Observation>): EValue {
  const sign = side === 'above' ? 1 : -1;
  const capital = STAKES.map(() => 1);
  let { sum, count } = PRIOR;
  let now = 1;
  let highest = 1;
  for (const { canary, share, score } of observations) {
    const mean = sum / count;
    const outcome = (((canary ? 1 : 0) - share) * (score - mean)) / (share * (1 - share));
    const gain = (sign * (outcome - bound)) / worstLoss(mean, share, sign, bound);
    now = 0;
    for (let i = 0; i < STAKES.length; i++) {
      const grown = (capital[i] ?? 0) * (1 + (STAKES[i] ?? 0) * gain);
      capital[i] = grown;
      now += grown / STAKES.length;
    }
    if (now > highest) highest = now;
    sum += score;
    count++;
  }
  return { now, highest };
}

/** The most that a bet of 1 can lose on the next conversation, whichever arm and score it has; > 0 for |bound| < 1. */
function worstLoss(mean: number, share: number, sign: number, bound: number): number {
  // Comparisons instead of Math.max: this is all that simulations and intervals do.
  const [fallen, risen] = [mean / share, (1 - mean) / (1 - share)];
  const [risenCanary, fallenControl] = [(1 - mean) / share, mean / (1 - share)];
  const lowest = -(fallen > risen ? fallen : risen);
  const greatest = risenCanary > fallenControl ? risenCanary : fallenControl;
  return sign > 0 ? bound - lowest : greatest - bound;
}

const GRID_STEP = 0.01;
/** Steps between −1 and 1. */
const GRID_STEPS = Math.round(2 / GRID_STEP);

/**
 * Where Δ lies with confidence 1 − α at every moment (a confidence sequence): all values that neither side has evidence of
 * 2/α against. [−1, 1] as long as nothing is known.
 *
 * A bolder claim never has more evidence: each gain (φ − bound) / (bound − lowest φ) falls as the bound rises. So the ends are
 * found by halving.
 */
export function intervalOf(observations: readonly Observation[], alpha: number): [number, number] {
  const refuted = (side: Claim['side'], bound: number) =>
    evidenceFor({ side, bound }, observations).highest >= 2 / alpha;
  const below = lastOf(GRID_STEPS - 1, (steps) => refuted('above', -1 + steps * GRID_STEP));
  const above = lastOf(GRID_STEPS - 1 - below, (steps) => refuted('below', 1 - steps * GRID_STEP));
  return [round(-1 + below * GRID_STEP), round(1 - above * GRID_STEP)];
}

/** The last of 1 … `most` for which a test holds that, from some number on, no longer does; 0 for none. */
function lastOf(most: number, test: (n: number) => boolean): number {
  let [holds, fails] = [0, most + 1];
  while (fails - holds > 1) {
    const middle = (holds + fails) >> 1;
    if (test(middle)) holds = middle;
    else fails = middle;
  }
  return holds;
}

const round = (value: number) => Math.round(value / GRID_STEP) * GRID_STEP;
