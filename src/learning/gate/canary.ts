// Whether an answer keeps what an operator demanded of it.
import { normaliseAnswer, sameAnswer } from '../../inference/same-answer.js';

/** What the answer to a canary must be. At least one demand is there; all are without regard to case and white space. */
export interface CanaryDemands {
  mustContain: string | null;
  mustNotContain: string | null;
  mustEqual: string | null;
}

/** The broken demand in words, or undefined when all are kept. */
export function brokenDemand({ mustContain, mustNotContain, mustEqual }: CanaryDemands, answer: string) {
  const has = (part: string) => normaliseAnswer(answer).includes(normaliseAnswer(part));
  if (mustEqual !== null && !sameAnswer(answer, mustEqual)) return `must be "${mustEqual}"`;
  if (mustContain !== null && !has(mustContain)) return `must contain "${mustContain}"`;
  if (mustNotContain !== null && has(mustNotContain)) return `must not contain "${mustNotContain}"`;
  return undefined;
}
