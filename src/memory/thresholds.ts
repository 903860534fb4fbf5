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

/**
 * A question below this cosine to every topic's centre is about nothing that was taught. Measured by `npm run bench:scope`, half of the intents
 * taught, ten questions each: of CLINC150's out-of-scope questions 62 % are below it, of held-out questions about what was taught 2.8 %
 * (Banking77: 0.3 %); chosen on these questions, as the last step with less than 3 %. It tells foreign subjects, not unknown details of a known one: of Banking77's other half only 1.2 % are below.
 */
export const KNOWN_COSINE_MIN = 0.35;
