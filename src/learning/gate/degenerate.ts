// Answers that no customer should see, whatever was asked: empty ones, and ones that go round in circles.

export type Degeneracy = 'empty' | 'loop';

/** Longest repeated phrase looked for, in words. */
const LONGEST_PHRASE_WORDS = 8;
/** A phrase said this often in a row is a loop ... */
const REPEATS = 4;
/** ... unless all of it is shorter than this: "ha ha ha ha" is an answer. In words. */
const SHORTEST_LOOP_WORDS = 8;

/** What is wrong with the answer, or undefined. */
export function degeneracyOf(answer: string): Degeneracy | undefined {
  const words = answer.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.some((word) => /[\p{L}\p{N}]/u.test(word))) return 'empty';
  for (let phrase = 1; phrase <= LONGEST_PHRASE_WORDS; phrase++) {
    const needed = Math.max(REPEATS * phrase, SHORTEST_LOOP_WORDS);
    if (longestEcho(words, phrase) + phrase >= needed) return 'loop';
  }
  return undefined;
}

/** Longest stretch of words that equal the word `phrase` places earlier. */
function longestEcho(words: readonly string[], phrase: number): number {
  let longest = 0;
  let current = 0;
  for (let i = phrase; i < words.length; i++) {
    current = words[i] === words[i - phrase] ? current + 1 : 0;
    longest = Math.max(longest, current);
  }
  return longest;
}
