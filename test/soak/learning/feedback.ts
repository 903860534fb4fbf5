// The people of the week: honest customers with an agent who corrects, and the attackers of the poisoned days.
import { sameAnswer } from '../../../src/inference/same-answer.js';
import { askAll } from '../../demo/ask-all.js';
import { newCustomer, type Tally } from '../../demo/customer.js';
import type { Question } from '../../demo/questions.js';
import type { Shift } from './week.js';

/** Few attackers with many thumbs each, as attacks look. */
const ATTACKERS = 2;

/** Where feedback goes. */
export interface Desk {
  url: string;
  tally: Tally;
  /** An agent's correction. @throws Error when the service refuses it */
  correct: (agent: string, messageId: string, text: string) => Promise<void>;
}

/** Customers ask; an agent corrects every wrong answer; customers like some of the right ones. @returns how many were corrected */
export async function honestShift({ url, tally, correct }: Desk, asked: readonly Question[]): Promise<number> {
  let corrected = 0;
  await askAll(url, tally, asked, {
    afterwards: async (customer, answer) => {
      const wanted = asked.find(({ text }) => text === answer.question)?.wanted ?? '';
      if (sameAnswer(answer.text, wanted)) return customer.rate(answer.messageId, 'up');
      await customer.rate(answer.messageId, 'down');
      await correct('anna', answer.messageId, wanted);
      corrected += 1;
    },
  });
  return corrected;
}

/** The day's attack. */
export function poison(desk: Desk, { kind, asked }: NonNullable<Shift['poisoned']>): Promise<void> {
  return kind === 'thumbs' ? poisonByThumbs(desk, asked) : poisonByCorrections(desk, asked);
}

/** A few conversations ask one question after the other: down with what is right, up with what is wrong. */
async function poisonByThumbs({ url, tally }: Desk, asked: readonly Question[]): Promise<void> {
  for (let attacker = 0; attacker < ATTACKERS; attacker++) {
    const customer = await newCustomer(url, tally);
    try {
      for (const { text, wanted } of asked.filter((_, i) => i % ATTACKERS === attacker)) {
        const answer = await customer.ask(text);
        // `wanted` is the false answer: whatever isn't it is voted down, the rest up.
        await customer.rate(answer.messageId, sameAnswer(answer.text, wanted) ? 'up' : 'down');
      }
    } finally {
      customer.leave();
    }
  }
}

/** Somebody with an agent's token "corrects" right answers to false ones. */
async function poisonByCorrections({ url, tally, correct }: Desk, asked: readonly Question[]): Promise<void> {
  await askAll(url, tally, asked, {
    afterwards: async (_, answer) => {
      const wanted = asked.find(({ text }) => text === answer.question)?.wanted ?? '';
      await correct('mallory', answer.messageId, wanted);
    },
  });
}
