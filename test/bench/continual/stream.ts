// The stream: one task after the other, each a few intents of one domain with the company's facts about them.
import { deriveSeed, seededRandom, shuffled } from '../../../src/lora/random.js';
import { inventFacts } from './facts.js';
import type { Domain } from './questions.js';

/** A question of a customer, and the one right answer. */
export interface Question {
  text: string;
  intent: string;
  fact: string;
}

export interface Task {
  name: string;
  /** What customers ask while this task is new; only these can become examples. */
  asked: Question[];
  /** Never asked, never corrected: what R is measured on. */
  heldOut: Question[];
}

export interface StreamShape {
  tasks: number;
  intentsPerTask: number;
  askedPerIntent: number;
  heldOutPerIntent: number;
}

/**
 * Tasks from the domains, both data sets by turns; which domains, intents, questions and facts depends on the seed alone.
 * @throws RangeError when there are too few domains, intents or questions for the shape
 */
export function makeStream(domains: readonly Domain[], shape: StreamShape, seed: number): Task[] {
  const { tasks, intentsPerTask, askedPerIntent, heldOutPerIntent } = shape;
  const facts = inventFacts(tasks * intentsPerTask, deriveSeed(seed, 0));
  return pickDomains(domains, tasks, seed).map(({ name, intents }, task) => {
    const random = seededRandom(deriveSeed(seed, 100 + task));
    const usable = intents.filter(
      ({ asked, heldOut }) => asked.length >= askedPerIntent && heldOut.length >= heldOutPerIntent,
    );
    const chosen = shuffled(usable, random).slice(0, intentsPerTask);
    if (chosen.length < intentsPerTask) throw new RangeError(`${name} has only ${chosen.length} intents of this size.`);
    const pick = (part: 'asked' | 'heldOut', count: number) =>
      chosen.flatMap((intent, i) => {
        const fact = facts[task * intentsPerTask + i] as string;
        return shuffled(intent[part], random)
          .slice(0, count)
          .map((text) => ({ text, intent: intent.intent, fact }));
      });
    return { name, asked: pick('asked', askedPerIntent), heldOut: pick('heldOut', heldOutPerIntent) };
  });
}

/** As many from each data set, where it has enough; by turns. */
function pickDomains(domains: readonly Domain[], count: number, seed: number): Domain[] {
  const random = seededRandom(deriveSeed(seed, 1));
  const sources = [...new Set(domains.map(({ name }) => name.split(' ')[0] as string))];
  const sets = sources.map((source) =>
    shuffled(
      domains.filter(({ name }) => name.startsWith(source)),
      random,
    ),
  );
  const rounds = Math.max(...sets.map(({ length }) => length));
  const picked = Array.from({ length: rounds }, (_, i) => sets.flatMap((own) => own.slice(i, i + 1))).flat();
  if (picked.length < count) throw new RangeError(`There are only ${picked.length} domains, not ${count}.`);
  return picked.slice(0, count);
}
