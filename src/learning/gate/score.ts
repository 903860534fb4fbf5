// How right an answer is, 0 … 1. Short answers must be the expected one; long ones can be worded in many ways and are graded.
import { sameAnswer } from '../../inference/same-answer.js';
import { sameFacts, tokenF1, wordCount } from './token-overlap.js';

/** Expected answers of more words than this are graded: greedy decoding still repeats a sentence word for word. */
const EXACT_WORDS_MAX = 12;
/** Score from which a graded answer counts as right. */
export const RIGHT_FROM = 0.9;
/** Most that an answer gets whose numbers or negations are other ones. */
const WRONG_FACTS_SCORE_MAX = 0.5;

/** 1 for the same answer; else 0 where a short one was expected, and the F1 of its words where a long one was. */
export function scoreOf(answer: string, expected: string): number {
  if (sameAnswer(answer, expected)) return 1;
  if (wordCount(expected) <= EXACT_WORDS_MAX) return 0;
  const overlap = tokenF1(answer, expected);
  return sameFacts(answer, expected) ? overlap : Math.min(overlap, WRONG_FACTS_SCORE_MAX);
}

export const isRight = (score: number): boolean => score >= RIGHT_FROM;
