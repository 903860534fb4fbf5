// What the invented company wants its customers to be told: short facts that no base model can know, all different, in few
// wordings, so that one intent's fact is easily taken for another's.
import { seededRandom, shuffled } from '../../../src/lora/random.js';

const NUMBERS = ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'twelve'];
const COLOURS = ['red', 'blue', 'green', 'white', 'black', 'yellow', 'orange', 'purple', 'silver', 'golden'];
const NAMES = ['Clara', 'Oscar', 'Martha', 'Felix', 'Nora', 'Victor', 'Alice', 'Hugo', 'Emma', 'Simon'];
const CITIES = ['Lisbon', 'Oslo', 'Madrid', 'Vienna', 'Dublin', 'Prague', 'Athens', 'Rome', 'Berlin', 'Paris'];
const LETTERS = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'K', 'M'];

const WORDINGS: readonly { blanks: readonly string[]; say: (blank: string) => string }[] = [
  { blanks: NUMBERS, say: (number) => `Call desk ${number}.` },
  { blanks: NAMES, say: (name) => `Ask ${name} about it.` },
  { blanks: CITIES, say: (city) => `Write to our ${city} office.` },
  { blanks: COLOURS, say: (colour) => `Press the ${colour} button.` },
  { blanks: LETTERS, say: (letter) => `Fill in form ${letter}.` },
  { blanks: NUMBERS, say: (number) => `Wait ${number} days.` },
];

/** The most facts there are. */
export const FACTS_MAX = WORDINGS.reduce((sum, { blanks }) => sum + blanks.length, 0);

/** `count` different facts; neighbours differ in their wording. @throws RangeError for more than `FACTS_MAX` */
export function inventFacts(count: number, seed: number): string[] {
  if (count > FACTS_MAX) throw new RangeError(`There are only ${FACTS_MAX} facts, not ${count}.`);
  const random = seededRandom(seed);
  const wordings = WORDINGS.map(({ blanks, say }) => shuffled(blanks, random).map(say));
  const rounds = Math.max(...wordings.map(({ length }) => length));
  const inTurns = Array.from({ length: rounds }, (_, round) =>
    wordings.flatMap((facts) => facts.slice(round, round + 1)),
  );
  return inTurns.flat().slice(0, count);
}
