// Many customers ask one question each, several at the same time.
import { sameAnswer } from '../../src/inference/same-answer.js';
import { newCustomer, type Answer, type Customer, type Tally } from './customer.js';
import type { Question } from './questions.js';

/** Conversations open at the same time: as many as the engine has slots by default. */
const AT_ONCE = 8;

export interface Asked {
  question: Question;
  /** undefined: it failed or was lost, which the tally counts. */
  answer: Answer | undefined;
}

/** Every question in a conversation of its own; `afterwards` runs before the customer leaves. */
export async function askAll(
  url: string,
  tally: Tally,
  questions: readonly Question[],
  options: {
    onProgress?: (done: number) => void;
    afterwards?: (customer: Customer, answer: Answer) => Promise<void>;
  } = {},
): Promise<Asked[]> {
  const queue = [...questions.entries()];
  const asked: Asked[] = [];
  let done = 0;
  const askNext = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, question] = next;
      const customer = await newCustomer(url, tally);
      try {
        const answer = await customer.ask(question.text).catch(() => undefined);
        asked[index] = { question, answer };
        if (answer) await options.afterwards?.(customer, answer);
      } finally {
        customer.leave();
      }
      options.onProgress?.(++done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askNext));
  return asked;
}

/** Share of answers that say what the company wants, after normalisation. */
export function shareRight(asked: readonly Asked[]): number {
  const right = asked.filter(({ question, answer }) => answer && sameAnswer(answer.text, question.wanted));
  return right.length / asked.length;
}
