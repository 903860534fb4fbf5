// The numbers that a rollout is judged by, each with its reason.

/** A harmless canary is ended for harm at most this often, over its whole life, however often one looks: DESIGN's 1/α = 20. */
export const ALPHA = 0.05;

/**
 * How α is divided (Bonferroni; every test counts in a clock of its own, so their e-values can't simply be averaged). Ratings are
 * what counts; failures and slowness need ten times the evidence, which a version that really fails gives within few conversations.
 */
export const ALPHA_SHARES = { ratings: 0.8, failures: 0.1, slowness: 0.1 } as const;

/** The canary is "not worse" when its share of 👍 is less than ten points lower: smaller margins need thousands of ratings. */
export const MARGIN = 0.1;

/** Evidence for "not worse" that the last step, becoming champion, needs: wrong at most 5 % of the time. */
export const PROMOTE_EVIDENCE = 20;

/** Between smaller steps it is enough that the evidence doesn't point to harm: at 5 % it would otherwise take 2,000 ratings. */
export const STEP_EVIDENCE = 1;

/** Fewer answered conversations than this say nothing about failures and speed, either. */
export const STEP_CANARY_CONVERSATIONS_MIN = 20;
/** Rated conversations of the canary before any step: fewer are a mood. */
export const STEP_CANARY_RATED_MIN = 10;

/** A shorter look sees one kind of customer only. */
export const STEP_MINUTES_MIN = 60;

/** Slow is longer than this share of the champion's answers needed … */
export const SLOW_QUANTILE = 0.9;
/** … and too slow a canary of which at least ten points more are slow: noise of a shared machine is not harm. */
export const SLOW_MARGIN = 0.1;
/** Champion's answers before anything can be called slow. */
export const SLOW_CONTROL_MIN = 10;

/** After so long without a decision a person decides: a rollout in nobody's mind blocks the next candidate. */
export const ROLLOUT_DAYS_MAX = 14;
/** Conversations of one rollout; later ones are the champion's. A difference not seen in so many is smaller than `MARGIN`. */
export const CONVERSATIONS_MAX = 20_000;
