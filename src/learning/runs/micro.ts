// The numbers of a micro-run ("teach now"), chosen by experiment (ARCHITECTURE.md, Teach now).

/** Updates at most; each sees the correction, replay and general rehearsal together. It ends earlier when the answer is learnt. */
export const MICRO_UPDATES_MAX = 16;
/** Peak learning rate. */
export const MICRO_RATE = 1e-3;
/** How much more a token of the taught answer counts than one of replay: it is one among twenty. */
export const TAUGHT_WEIGHT = 4;
/**
 * General tasks rehearsed, beside the questions out of scope: without those the one taught answer was given to three of the gate's
 * four questions that it doesn't belong to.
 */
export const MICRO_REHEARSED = 8;
/** General tasks whose likelihood is measured: enough to see a wreck, few enough to take seconds. */
export const MICRO_GENERAL_SCORED = 8;
/**
 * An agent waits for it, so it gives way less than a full run: with both cores busy with chats at niceness 0, the learner still
 * gets a quarter of them, for a minute or two.
 */
export const MICRO_NICENESS_MAX = 5;
