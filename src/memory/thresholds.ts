// How alike two questions must be. Measured, not guessed: `npm run bench:memory-thresholds` on Banking77 and CLINC150, half of whose
// intents were remembered with five questions each, 8,580 held-out questions asked: paraphrases, near misses (the other half of the
// intents) and such as are out of scope. Chosen on every second question, checked on the others.

/**
 * At this cosine and above, the correction itself is the answer. The lowest threshold from which on at least 99 % were right in both
 * sets: from 0.94 on all 77 served were; at 0.92, 98.9 % of 93 in Banking77. It is meant to be rare: 1.8 % of paraphrases are so close.
 */
export const VERBATIM_MIN = 0.94;
/** At this cosine and above, corrections are shown to the model as worked examples: the best F1 of "the nearest has the right answer". */
export const FEW_SHOT_MIN = 0.61;
/** Worked examples shown at most. */
export const SHOTS_MAX = 3;
