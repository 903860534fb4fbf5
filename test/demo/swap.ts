// A swap under load: chats keep streaming long answers while the champion changes; how long until a customer is answered by
// the new version?
import { setTimeout as sleep } from 'node:timers/promises';
import { newCustomer, type Answer, type Customer, type Tally } from './customer.js';

/** Chats run alone for this long before and after the swap. */
const AROUND_MS = 3_000;
/** New customers who come after the operator's request was answered, one after the other, until the version answers one. */
const LOOKERS = 8;
/** One chat each. */
const LONG_QUESTIONS = [
  'Tell me everything about saving money, in as much detail as you can.',
  'Explain how a bank works, from the beginning, at length.',
  'Write a long letter to a friend about your first day at a bank.',
  'Describe the history of money in many sentences.',
];

export interface Swap {
  /** Until the operator's request was answered. */
  carriedOutMs: number;
  /** From the operator's request to the first piece of an answer by the new version. */
  toFirstTokenMs: number;
  /** Answers that the streaming chats were given around the swap; those begun before it and finished by the old version after. */
  streamed: number;
  finishedOnOld: number;
}

/**
 * Runs `change` (a promotion or a rollback) under load.
 * @throws Error when the new version doesn't answer
 */
export async function swapUnderLoad(
  url: string,
  tally: Tally,
  newVersion: number,
  change: () => Promise<unknown>,
): Promise<Swap> {
  const open = (count: number) => Promise.all(Array.from({ length: count }, () => newCustomer(url, tally)));
  const [streaming, lookers] = [await open(LONG_QUESTIONS.length), await open(LOOKERS)];
  const stop = new AbortController();
  const streams = streaming.map((customer, i) => keepAsking(customer, tally, LONG_QUESTIONS[i] ?? '', stop.signal));
  try {
    await sleep(AROUND_MS);
    const startedMs = Date.now();
    await change();
    const carriedOutMs = Date.now();
    const { firstTokenMs } = await untilAnsweredBy(newVersion, lookers);
    await sleep(AROUND_MS);
    stop.abort();
    const streamed = (await Promise.all(streams)).flat();
    const finishedOnOld = streamed.filter(
      ({ askedMs, doneMs, adapterVersion }) =>
        askedMs < startedMs && doneMs > startedMs && adapterVersion !== newVersion,
    );
    return {
      carriedOutMs: carriedOutMs - startedMs,
      toFirstTokenMs: firstTokenMs - startedMs,
      streamed: streamed.length,
      finishedOnOld: finishedOnOld.length,
    };
  } finally {
    stop.abort();
    await Promise.allSettled(streams);
    [...streaming, ...lookers].forEach((customer) => customer.leave());
  }
}

/** One chat that asks again as soon as it has its answer. A failure is in the tally, and ends this chat only. */
async function keepAsking(customer: Customer, tally: Tally, question: string, signal: AbortSignal): Promise<Answer[]> {
  const answers: Answer[] = [];
  try {
    while (!signal.aborted) answers.push(await customer.ask(question));
    await checkHistory(customer, answers, tally);
  } catch {
    // Counted where it happened.
  }
  return answers;
}

/** What was streamed must also have been kept. */
async function checkHistory(customer: Customer, answers: readonly Answer[], tally: Tally): Promise<void> {
  const kept = new Map((await customer.history()).map(({ messageId, text }) => [messageId, text]));
  for (const { messageId, text, question } of answers) {
    if (kept.get(messageId) !== text) tally.problem('lost', `the answer to "${question}" is not in the history`);
  }
}

/** Turns of new customers, one after the other, each stopped after its first piece, until the version answers. */
async function untilAnsweredBy(version: number, lookers: readonly Customer[]): Promise<Answer> {
  for (const looker of lookers) {
    const answer = await looker.ask('Hello, can you help me?', { stopAfterFirstToken: true });
    if (answer.adapterVersion === version) return answer;
  }
  throw new Error(`Version ${version} answered none of ${lookers.length} customers.`);
}
