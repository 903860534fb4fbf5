// `npm run bench:reaction`: how soon a correction is served. From the memory: the same question in capitals, in a new chat. From
// the weights: after "teach now", with the memory off. On the real service over real sockets. The last line is one JSON object; the
// exit code is 1 when either takes longer than it may.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { COMPANY_FACTS } from '../demo/company.js';
import { operatorOf, watchRun, type Operator } from '../demo/operator.js';
import { loadQuestions, type Question } from '../demo/questions.js';
import { say, showRun } from '../demo/screen.js';
import { openChat, type Done } from '../support/chat.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

const REPEATS = 10;
const MEMORY_SECONDS_MAX = 2;
const TEACH_SECONDS_MAX = 180;
/** After this it counts as not served at all. */
const WAIT_MS_MAX = 60_000;
const POLL_MS = 25;
const correctionSchema = z.object({ id: z.uuid() });

const perIntent = Math.ceil(REPEATS / Object.keys(COMPANY_FACTS).length);
const { train: questions } = loadQuestions({ trainEach: perIntent, heldOutEach: 1 });

/** A new conversation's first answer. */
async function ask(url: string, text: string): Promise<Done> {
  const { answer, close } = await openChat(url);
  try {
    return await answer(text);
  } finally {
    close();
  }
}

async function correct(operator: Operator, { messageId }: Done, { wanted, intent }: Question): Promise<string> {
  return correctionSchema.parse(await operator.correct(messageId, wanted, intent.replaceAll('_', ' '))).id;
}

/** Asks until the answer is the wanted one. @returns seconds since `beginMs` */
async function secondsUntil(beginMs: number, url: string, text: string, isServed: (done: Done) => boolean) {
  for (const endMs = Date.now() + WAIT_MS_MAX; Date.now() < endMs;) {
    if (isServed(await ask(url, text))) return (Date.now() - beginMs) / 1000;
    await sleep(POLL_MS);
  }
  throw new Error(`"${text}" was not served as corrected within a minute.`);
}

async function withService<T>(
  env: Record<string, string>,
  work: (service: ServiceUnderTest) => Promise<T>,
): Promise<T> {
  const service = await startService({ LEARN_MIN_EXAMPLES: '1000000', ...env });
  try {
    return await work(service);
  } finally {
    await service.stop();
  }
}

async function memorySeconds(service: ServiceUnderTest): Promise<number[]> {
  const operator = operatorOf(service);
  const seconds: number[] = [];
  for (const question of questions.slice(0, REPEATS)) {
    const answer = await ask(service.url, question.text);
    const beginMs = Date.now();
    await correct(operator, answer, question);
    const again = question.text.toUpperCase();
    const isServed = ({ text, memory }: Done) => text === question.wanted && memory[0]?.use === 'verbatim';
    seconds.push(await secondsUntil(beginMs, service.url, again, isServed));
    say(`  served from memory after ${seconds.at(-1)?.toFixed(2)} s: "${again}"`);
  }
  return seconds.sort((a, b) => a - b);
}

async function teachSeconds(service: ServiceUnderTest): Promise<number> {
  const [question] = questions;
  if (!question) throw new Error('There is no question to teach.');
  const operator = operatorOf(service);
  const correctionId = await correct(operator, await ask(service.url, question.text), question);
  const beginMs = Date.now();
  const { id } = await operator.teach(correctionId);
  const run = await watchRun(operator, id, showRun);
  say(
    `  the run ended as ${run.status} after ${((Date.now() - beginMs) / 1000).toFixed(1)} s. ${summaryOf(run.gateReport)}`,
  );
  if (run.status !== 'candidate') throw new Error(run.error ?? 'The taught version was not promoted.');
  return secondsUntil(beginMs, service.url, question.text, ({ text, adapterVersion, memory }) => {
    return text.trim() === question.wanted && adapterVersion !== 0 && memory.length === 0;
  });
}

const summaryOf = (report: Record<string, unknown> | null) =>
  typeof report?.summary === 'string' ? report.summary : '';
const rounded = (x: number) => Math.round(x * 1000) / 1000;

say('Correction → served from memory:');
const seconds = await withService({ MEMORY: 'true', CHAT_MAX_ANSWER_TOKENS: '8' }, memorySeconds);
say('"Teach now" → served from the weights:');
const taught = await withService({ MEMORY: 'false', CHAT_MAX_ANSWER_TOKENS: '48' }, teachSeconds);
const memorySecondsMax = seconds.at(-1) ?? Infinity;
console.log(
  JSON.stringify({
    memorySecondsP50: rounded(seconds[Math.floor(seconds.length / 2)] ?? Infinity),
    memorySecondsMax: rounded(memorySecondsMax),
    memoryRepeats: seconds.length,
    teachSeconds: rounded(taught),
  }),
);
process.exitCode = memorySecondsMax <= MEMORY_SECONDS_MAX && taught <= TEACH_SECONDS_MAX ? 0 : 1;
