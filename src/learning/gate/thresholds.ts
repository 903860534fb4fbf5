// The gate's numbers, each with its reason.

/** Chance we accept of calling luck an improvement (or harm), one-sided. */
export const SIGNIFICANCE = 0.05;

/**
 * Fewer conversations with target items than this can't reach `SIGNIFICANCE` even when all are won: ½⁵ = 0.031, ½⁴ = 0.063. With fewer,
 * answers neither pass nor refuse a candidate: the gate waits.
 */
export const MIN_TARGET_ITEMS = 5;

/** A conversation whose scores differ by less than this in sum says nothing of which version is better. */
export const TIE_BELOW = 0.1;

/**
 * Net losses allowed on one earlier slice, as a share of its items but at least one item: slices are small (2 held-out
 * items of 12), and one flipped item of a greedy decoder is noise.
 */
export const SLICE_TOLERANCE = 0.1;

/** The same over all earlier slices together: noise falls on both sides there, so less is allowed. */
export const EARLIER_TOLERANCE = 0.05;

/** ε: a fall of this much of a score must be ruled out on every earlier slice that lost more than one item, and on all together. */
export const EPSILON = 0.1;

/**
 * Largest relative increase of the general negative log-likelihood per token. 10 % is about 1.3 × the perplexity of the
 * default base model on such text (e^(0.1 × 2.5)); forgetting by over-training shows as 50 % and more.
 */
export const MAX_GENERAL_INCREASE = 0.1;

/**
 * Largest KL(candidate ‖ champion) on general prompts, nats a token. Measured with `npm run bench:gate`: good candidates 0.07–0.13, those trained without replay
 * or too fast 7–12.
 */
export const MAX_KL_TO_PARENT = 0.25;

/** Largest KL(candidate ‖ base model): small steps of many runs add up to this. After two runs of good candidates it is 0.16–0.25. */
export const MAX_KL_TO_BASE = 0.5;

/** Share of answers that may be newly degenerate, or newly decline to help, but at least one answer. */
export const MAX_DEGENERATE_SHARE = 0.05;
export const MAX_REFUSED_SHARE = 0.05;

/**
 * Share of the out-of-scope questions that may newly get a taught answer. Not 0: measured, the first two facts of all spread to 2 of 10 with the default
 * model even where out-of-scope questions are rehearsed, later ones to none; without rehearsal it is all of them.
 */
export const MAX_OVER_CONFIDENT_SHARE = 0.4;

/** A loss that fell by less than this share of itself counts as not fallen. */
export const MIN_LOSS_FALL = 0.02;

/** Longest answer that the gate lets a version write, in tokens: right/wrong shows early, and evaluation must stay cheap. */
export const ANSWER_TOKENS_MAX = 48;
/** The same where there is no expected answer. */
export const OPEN_ANSWER_TOKENS_MAX = 20;

/** Most held-out items looked at in one gate, spread over the slices. */
export const HELDOUT_ITEMS_MAX = 200;
/** Most audited ones. */
export const AUDIT_ITEMS_MAX = 40;
