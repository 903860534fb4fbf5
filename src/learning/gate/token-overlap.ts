// How alike two answers are, where exact match is too strict: F1 of their words (Rajpurkar et al. 2016, SQuAD, section 6.1).
import { normaliseAnswer } from '../../inference/same-answer.js';

/** Words, without punctuation, each once for every time it is said. */
const wordsOf = (text: string): string[] =>
  normaliseAnswer(text).match(/[\p{L}\p{N}]+(?:[.,:'’-][\p{L}\p{N}]+)*/gu) ?? [];

/** 1 for the same words, 0 for none in common; the order doesn't matter. */
export function tokenF1(answer: string, expected: string): number {
  const [said, wanted] = [wordsOf(answer), wordsOf(expected)];
  if (said.length === 0 || wanted.length === 0) return Number(said.length === wanted.length);
  const left = countsOf(wanted);
  const common = said.filter((word) => {
    const count = left.get(word) ?? 0;
    left.set(word, count - 1);
    return count > 0;
  }).length;
  return (2 * common) / (said.length + wanted.length);
}

/** What turns an answer round though most of its words stay: its numbers, and its negations. */
export function sameFacts(answer: string, expected: string): boolean {
  return factsOf(answer) === factsOf(expected);
}

const NEGATION = /^(no|not|never|none|nor|cannot|without|.*n['’]t|nicht|kein\w*|nie|pas|jamais|nunca)$/u;

const factsOf = (text: string) =>
  wordsOf(text)
    .flatMap((word) => (NEGATION.test(word) ? ['not'] : /\p{N}/u.test(word) ? [word] : []))
    .sort()
    .join(' ');

export const wordCount = (text: string): number => wordsOf(text).length;

function countsOf(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
