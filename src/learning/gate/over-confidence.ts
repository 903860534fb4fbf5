// Whether an answer is one of those that were taught: given to a question that it doesn't belong to, it is a confident lie.
import { normaliseAnswer } from '../../inference/same-answer.js';
import { tokenF1 } from './token-overlap.js';

/** From this overlap with a taught answer an answer counts as that one. */
const SAME_FROM = 0.8;

/** The taught answer that this answer is or begins with, or undefined. */
export function taughtAnswerIn(answer: string, taught: ReadonlySet<string>): string | undefined {
  const said = normaliseAnswer(answer);
  return [...taught].find((one) => said.startsWith(normaliseAnswer(one)) || tokenF1(answer, one) >= SAME_FROM);
}
