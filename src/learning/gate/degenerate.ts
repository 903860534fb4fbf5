// Answers that no customer should see, whatever was asked: empty ones, ones that go round in circles, and broken text.

export type Degeneracy = 'empty' | 'loop' | 'garbled';

/** Longest repeated phrase looked for, in words. */
const LONGEST_PHRASE_WORDS = 8;
/** A phrase said this often in a row is a loop ... */
const REPEATS = 4;
/** ... unless all of it is shorter than this: "ha ha ha ha" is an answer. In words. */
const SHORTEST_LOOP_WORDS = 8;
/** The same without words between spaces ("aaaa…", languages that don't put any): a unit, then three times itself, at least this long. */
const UNSPACED_LOOP = /(\S{1,20}?)\1{3,}/gu;
const SHORTEST_UNSPACED_LOOP_CHARS = 24;
/** A long answer most of whose word triples were said before circles too, if not in step. */
const TRIPLES_MIN = 24;
const NEW_TRIPLES_SHARE_MIN = 0.5;
/** Replacement characters, private use, and controls are no text. */
const BROKEN = /[\uFFFD\p{Co}\p{Cn}]|(?![\t\n\r])\p{Cc}/u;

/** What is wrong with the answer, or undefined. */
export function degeneracyOf(answer: string): Degeneracy | undefined {
  const words = answer.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.some((word) => /[\p{L}\p{N}]/u.test(word))) return 'empty';
  if (BROKEN.test(answer)) return 'garbled';
  return hasEcho(words) || hasUnspacedLoop(answer) || repeatsItself(words) ? 'loop' : undefined;
}

function hasEcho(words: readonly string[]): boolean {
  for (let phrase = 1; phrase <= LONGEST_PHRASE_WORDS; phrase++) {
    const needed = Math.max(REPEATS * phrase, SHORTEST_LOOP_WORDS);
    if (longestEcho(words, phrase) + phrase >= needed) return true;
  }
  return false;
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

function hasUnspacedLoop(answer: string): boolean {
  return [...answer.matchAll(UNSPACED_LOOP)].some(([loop]) => loop.length >= SHORTEST_UNSPACED_LOOP_CHARS);
}

function repeatsItself(words: readonly string[]): boolean {
  const triples = words.slice(2).map((word, i) => `${words[i]} ${words[i + 1]} ${word}`);
  return triples.length >= TRIPLES_MIN && new Set(triples).size < triples.length * NEW_TRIPLES_SHARE_MIN;
}
