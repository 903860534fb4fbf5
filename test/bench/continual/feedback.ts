// What becomes of the questions: persistent customers ask and rate, agents correct some of the bad answers, and the product's own
// intake rule turns that into examples.
import { buildTurns, type Instructions } from '../../../src/assistants/prompt.js';
import { draftExample } from '../../../src/feedback/example-draft.js';
import type { Candidate } from '../../../src/learning/snapshot/select.js';
import { deriveSeed, seededRandom, shuffled } from '../../../src/lora/random.js';
import type { Question, Task } from './stream.js';

/** What the service is told before it answers; short, as it is computed for every batch. */
export const INSTRUCTIONS: Instructions = { instructions: 'You answer for our company. Be brief.', fewShot: [] };

const CUSTOMERS = 24;
/** Ratings that say the contrary of what is right. */
export const WRONG_RATINGS = 0.1;
/** Bad answers that an agent corrects. */
export const CORRECTED = 0.4;
/** Share of the answers that get a thumb. */
const RATED = 0.5;

/** Somebody who comes back: what they mostly ask about, and how often their thumbs are right. */
interface Customer {
  id: string;
  /** A liking for each intent, by its name. */
  likes: (intent: string) => number;
  reliability: number;
}

/** What the memory answers a question with, from these corrected ones; undefined when it knows nothing like it. */
export type Recall = (entries: readonly Pick<Taught, 'question'>[], question: Question) => string | undefined;

/** An example, and what it was made from. */
export interface Taught extends Candidate {
  question: Question;
  task: number;
}

/**
 * The examples of every task, in the order in which they were made. A pure function of stream and seed: all arms learn from the
 * same ones. What is shown is the memory's answer where it has one; else another fact of the same company, the most confusing
 * thing that a mistaken thumb can teach.
 */
export function collectFeedback(stream: readonly Task[], recall: Recall, seed: number): Taught[] {
  const random = seededRandom(deriveSeed(seed, 2));
  const customers = makeCustomers(random);
  const facts = [...new Set(stream.flatMap(({ asked }) => asked.map(({ fact }) => fact)))];
  const taught: Taught[] = [];
  for (const [task, { asked }] of stream.entries()) {
    for (const question of shuffled(asked, random)) {
      const corrected = taught.filter(({ sourceCorrectionId }) => sourceCorrectionId !== null);
      const others = facts.filter((fact) => fact !== question.fact);
      const mistaken = others[Math.floor(random() * others.length)] as string;
      const recalled = recall(corrected, question);
      const shown = recalled ?? mistaken;
      const feedback = react(question, shown, pickCustomer(customers, question.intent, random), random);
      const draft = draftExample({
        ...feedback,
        prompt: buildTurns(INSTRUCTIONS, [], question.text),
        asked: [question.text],
        shown,
        fromMemory: recalled !== undefined,
      });
      if (!draft) continue;
      const made = { id: `example-${taught.length}`, createdAt: new Date(taught.length * 1000) };
      taught.push({ ...draft, ...made, slice: question.intent, split: 'train', learnt: false, question, task });
    }
  }
  return taught;
}

/** What customer and agent make of an answer. */
function react({ text, fact }: Question, shown: string, { id, reliability }: Customer, random: () => number) {
  const isGood = shown === fact;
  const value = random() < reliability === isGood ? ('up' as const) : ('down' as const);
  const isRated = random() < RATED;
  const isCorrected = !isGood && random() < CORRECTED;
  return {
    correction: isCorrected
      ? { id: `correction of ${text}`, text: fact, agentId: 'agent', useForTraining: true }
      : undefined,
    ratings: isRated ? [{ value, raterKind: 'customer' as const, raterId: id, updatedAt: new Date(0) }] : [],
  };
}

/** Reliabilities spread evenly around 1 − `WRONG_RATINGS`. */
function makeCustomers(random: () => number): Customer[] {
  return Array.from({ length: CUSTOMERS }, (_, i) => {
    const likings = new Map<string, number>();
    return {
      id: `customer-${i}`,
      likes: (intent) => {
        if (!likings.has(intent)) likings.set(intent, random() ** 3);
        return likings.get(intent) as number;
      },
      reliability: 1 - (2 * WRONG_RATINGS * (i + 0.5)) / CUSTOMERS,
    };
  });
}

/** Those who like the intent ask more often. */
function pickCustomer(customers: readonly Customer[], intent: string, random: () => number): Customer {
  const likings = customers.map(({ likes }) => likes(intent));
  let left = random() * likings.reduce((sum, liking) => sum + liking, 0);
  const chosen = customers.find((_, i) => (left -= likings[i] as number) <= 0);
  return chosen ?? (customers.at(-1) as Customer);
}

/**
 * The same examples with their completions exchanged, so that no question keeps an answer of its own intent: whatever is learnt
 * from them is not what customers were told. (A plain permutation would leave one in so many right by chance.)
 */
export function shuffleAnswers(taught: readonly Taught[], seed: number): Taught[] {
  const random = seededRandom(deriveSeed(seed, 3));
  const answers = shuffled(
    taught.map(({ completion }) => completion),
    random,
  );
  const isOwn = (i: number, j: number) => answers[j] === taught[i]?.question.fact;
  for (let i = 0; i < taught.length; i++) {
    if (!isOwn(i, i)) continue;
    const partners = taught.map((_, j) => j).filter((j) => !isOwn(i, j) && !isOwn(j, i));
    const j = partners[Math.floor(random() * partners.length)];
    if (j !== undefined) [answers[i], answers[j]] = [answers[j] as string, answers[i] as string];
  }
  return taught.map((example, i) => ({ ...example, completion: answers[i] as string }));
}
