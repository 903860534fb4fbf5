// Chats that go on while versions change. Every answer is checked: no piece missing, no answer missing, and the history the same.
import { newCustomer, type Answer, type Customer, type Tally } from '../../demo/customer.js';

/** As long a conversation as customers have; then the next one begins. */
const QUESTIONS_EACH = 3;
const LONG_QUESTIONS = [
  'Tell me everything about saving money, in as much detail as you can.',
  'Explain how a bank works, from the beginning, at length.',
  'Write a long letter to a friend about your first day at a bank.',
  'Describe the history of money in many sentences.',
];

export interface Streams {
  /** Lets the running answers end. */
  end(): Promise<void>;
}

/** Begins so many chats that ask again as soon as they have their answer. What goes wrong is in the tally, and the chat goes on. */
export function beginStreams(url: string, tally: Tally, count: number): Streams {
  const stop = new AbortController();
  const chats = Array.from({ length: count }, (_, i) => keepChatting(url, tally, i, stop.signal));
  return {
    end: async () => {
      stop.abort();
      await Promise.all(chats);
    },
  };
}

async function keepChatting(url: string, tally: Tally, first: number, signal: AbortSignal): Promise<void> {
  for (let i = first; !signal.aborted; i++) {
    const customer = await newCustomer(url, tally);
    try {
      await converse(customer, tally, LONG_QUESTIONS[i % LONG_QUESTIONS.length] ?? '', signal);
    } catch {
      // Counted where it happened.
    } finally {
      customer.leave();
    }
  }
}

async function converse(customer: Customer, tally: Tally, question: string, signal: AbortSignal): Promise<void> {
  const answers: Answer[] = [];
  while (answers.length < QUESTIONS_EACH && !signal.aborted) answers.push(await customer.ask(question));
  const kept = new Map((await customer.history()).map(({ messageId, text }) => [messageId, text]));
  for (const { messageId, text } of answers) {
    if (kept.get(messageId) !== text) tally.problem('lost', `the answer to "${question}" is not in the history`);
  }
}
