// `npm run bench:training-interference`: what a customer notices of a training run. The same questions are asked one after the other
// without a run, while one trains at the niceness of the configuration, and again without; greedy answers are the same words, so
// their speeds compare. The last line is one JSON object; only ratios compare between machines and days.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { newCustomer, Tally, type Answer } from '../demo/customer.js';
import { operatorOf } from '../demo/operator.js';
import { loadQuestions } from '../demo/questions.js';
import { answered } from '../support/answered.js';
import { startService } from '../support/service.js';

const QUESTIONS = 12;
const ANSWER_TOKENS = '64';
const POLL_MS = 250;

interface Felt {
  /** Milliseconds from the question to the first piece of the answer, median. */
  firstTokenMs: number;
  /** Characters a second from the first piece to the last, median. */
  charsPerSecond: number;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const service = await startService({
  LEARN_AUTO_PROMOTE: 'false',
  LEARN_MIN_EXAMPLES: '1000000',
  // Longer than all the questions take; it is cancelled then.
  LEARN_EPOCHS: '100',
  MEMORY: 'false',
  CHAT_MAX_ANSWER_TOKENS: ANSWER_TOKENS,
});
const operator = operatorOf(service);
const questions = loadQuestions({ trainEach: 6, heldOutEach: 1 });

async function ask(text: string): Promise<Answer> {
  const customer = await newCustomer(service.url, new Tally());
  try {
    return await customer.ask(text);
  } finally {
    customer.leave();
  }
}

async function askAll(): Promise<Felt> {
  const answers: Answer[] = [];
  for (const { text } of questions.train.slice(0, QUESTIONS)) answers.push(await ask(text));
  return {
    firstTokenMs: median(answers.map(({ askedMs, firstTokenMs }) => firstTokenMs - askedMs)),
    charsPerSecond: median(
      answers.map(({ text, firstTokenMs, doneMs }) => (1000 * text.length) / Math.max(1, doneMs - firstTokenMs)),
    ),
  };
}

async function teachAll(): Promise<void> {
  const database = new pg.Client(service.databaseUrl);
  await database.connect();
  for (const { text, wanted, intent } of questions.train) {
    const { answerId } = await answered(database, text, 'I do not know.');
    await operator.correct(answerId, wanted, intent);
  }
  await database.end();
}

async function trainingBegins(id: string): Promise<void> {
  for (;;) {
    const { status, progress, error } = await operator.run(id);
    if (status === 'training' && (progress?.step ?? 0) > 0) return;
    if (error) throw new Error(`The run ended too soon: ${error}`);
    await sleep(POLL_MS);
  }
}

try {
  await teachAll();
  await askAll(); // The first answers after the start are slower for other reasons.
  const before = await askAll();
  const { id } = await operator.startRun();
  await trainingBegins(id);
  const during = await askAll();
  const { status, progress } = await operator.run(id);
  if (status !== 'training') throw new Error(`The run was ${status} before all questions were asked.`);
  await operator.cancelRun(id);
  const after = await askAll();
  const idle = {
    firstTokenMs: (before.firstTokenMs + after.firstTokenMs) / 2,
    charsPerSecond: (before.charsPerSecond + after.charsPerSecond) / 2,
  };
  console.log(`Idle: first token ${idle.firstTokenMs.toFixed(0)} ms, ${idle.charsPerSecond.toFixed(0)} characters/s`);
  console.log(`Training: first token ${during.firstTokenMs} ms, ${during.charsPerSecond.toFixed(0)} characters/s`);
  const ratio = (a: number, b: number) => Number((a / b).toFixed(2));
  console.log(
    JSON.stringify({
      firstTokenRatio: ratio(during.firstTokenMs, idle.firstTokenMs),
      speedRatio: ratio(during.charsPerSecond, idle.charsPerSecond),
      idleDrift: ratio(after.charsPerSecond, before.charsPerSecond),
      trainingTokensPerSecond: progress?.tokensPerSecond && Math.round(progress.tokensPerSecond),
      questions: QUESTIONS,
    }),
  );
} finally {
  await service.stop();
}
