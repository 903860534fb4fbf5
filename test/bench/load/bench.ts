// `npm run bench:load [-- --quick]`: a thousand connections of which two hundred talk, for ten minutes, while networks break for half of
// them at once and messages are sent twice, again, and in the wrong order. What was acknowledged must be in the database once and answered
// once, and memory must stand still. Then: what a send costs beside a million messages. The last line is one JSON object; the exit code
// is 1 when a bar was missed. Answers have eight tokens: what is measured is everything but the model.
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { loadQuestions } from '../../demo/questions.js';
import { show, say } from '../../demo/screen.js';
import { startService, type ServiceUnderTest } from '../../support/service.js';
import { NO_LIMITS } from '../no-limits.js';
import { growthOver, residentMb, watchMemory, type MemorySample } from '../resident-memory.js';
import { rounded } from '../statistics.js';
import { Crowd, type CrowdResult } from './crowd.js';
import { audit, type ConversationLedger, type StoredMessage } from './ledger.js';
import { measureSendCost } from './send-cost.js';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    connected: { type: 'string', default: '1000' },
    talking: { type: 'string', default: '200' },
    messages: { type: 'string', default: '1000000' },
    sends: { type: 'string' },
    parts: { type: 'string', default: 'crowd,cost' },
  },
});
const minutes = Number(flags.minutes ?? (flags.quick ? 2 : 10));
const sends = Number(flags.sends ?? (flags.quick ? 60 : 300));

/** What is grown over: the last eight of ten minutes. */
const WINDOW_SHARE = 0.8;
const SAMPLE_MS = 2_000;
const STORM_EVERY_MS = 45_000;
const THINK_MS = 25_000;
const SMALL = 1_000;
const RSS_GROWTH_MAX = 0.05;
const COST_RATIO_MAX = 1.2;
const SETTINGS = { ...NO_LIMITS, CHAT_MAX_ANSWER_TOKENS: '8', LOG_LEVEL: 'warn' };

async function holdOut(service: ServiceUnderTest) {
  const questions = loadQuestions({ trainEach: 6, heldOutEach: 1 }).train.map(({ text }) => text);
  const plan = { connected: Number(flags.connected), talking: Number(flags.talking), thinkMs: THINK_MS };
  const crowd = new Crowd(service.url, { ...plan, stormEveryMs: STORM_EVERY_MS, seed: 1 }, questions);
  await crowd.arrive();
  say(`${crowd.connected} are connected; ${plan.talking} more begin to talk, for ${minutes} minutes.`);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // One a talker.
  const samples: MemorySample[] = [];
  const memory = watchMemory(service.pid, samples, { everyMs: SAMPLE_MS, signal: stop.signal });
  const talking = crowd.talk(stop.signal);
  await untilOver(crowd, service, stop);
  const result = await talking;
  await memory;
  return { result, rssGrowth: growthOver(samples, minutes * 60 * WINDOW_SHARE) };
}

async function untilOver(crowd: Crowd, { pid }: ServiceUnderTest, stop: AbortController): Promise<void> {
  for (const endMs = Date.now() + minutes * 60_000; Date.now() < endMs;) {
    const seconds = Math.round((endMs - Date.now()) / 1000);
    show(`  ${crowd.connected} connected, ${residentMb(pid).toFixed(0)} MB, ${seconds} s left`);
    await sleep(Math.min(SAMPLE_MS, Math.max(0, endMs - Date.now())));
  }
  stop.abort();
}

async function storedOf(databaseUrl: string, ledgers: readonly ConversationLedger[]): Promise<StoredMessage[]> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const { rows } = await client.query<StoredMessage>(
    `SELECT id, conversation_id AS "conversationId", seq, role, text, status, client_message_id AS "clientMessageId",
      reply_to_id AS "replyToId" FROM messages WHERE conversation_id = ANY($1)`,
    [ledgers.map(({ conversationId }) => conversationId)],
  );
  await client.end();
  return rows;
}

function describe({ reconnects, refusals, gaveUp }: CrowdResult, found: ReturnType<typeof audit>): void {
  say(
    `${found.acknowledged} messages acknowledged, ${reconnects} reconnections, refused and sent again: ${JSON.stringify(refusals)}.`,
  );
  for (const problem of [...found.problems, ...gaveUp.slice(0, 10)]) say(`  ${problem}`);
}

async function crowdPart() {
  const service = await startService(SETTINGS);
  try {
    const { result, rssGrowth } = await holdOut(service);
    const found = audit(result.ledgers, await storedOf(service.databaseUrl, result.ledgers));
    describe(result, found);
    const { acknowledged, lost, doubled, failedAnswers } = found;
    const { reconnects, gaveUp } = result;
    return {
      lost,
      doubled,
      failedAnswers,
      gaveUp: gaveUp.length,
      rssGrowth: rounded(rssGrowth, 4),
      acknowledged,
      reconnects,
    };
  } finally {
    await service.stop();
  }
}

async function costPart() {
  const large = Number(flags.messages);
  say(`Sends beside ${SMALL} and beside ${large} messages …`);
  const { smallMs, largeMs } = await measureSendCost({ small: SMALL, large }, sends, SETTINGS);
  say(`  ${smallMs.toFixed(2)} ms and ${largeMs.toFixed(2)} ms to the ack, median of ${sends}.`);
  return { sendCostRatio: rounded(largeMs / smallMs, 3), sendMs: rounded(smallMs, 2), messages: large };
}

const nothing = { lost: 0, doubled: 0, failedAnswers: 0, gaveUp: 0, rssGrowth: 0, sendCostRatio: 0 };
const crowd = flags.parts.includes('crowd') ? await crowdPart() : {};
const cost = flags.parts.includes('cost') ? await costPart() : {};
console.log(JSON.stringify({ ...crowd, ...cost }));
const { lost, doubled, failedAnswers, gaveUp, rssGrowth, sendCostRatio } = { ...nothing, ...crowd, ...cost };
const misses = lost + doubled + failedAnswers + gaveUp;
process.exitCode = misses === 0 && (rssGrowth ?? 1) < RSS_GROWTH_MAX && (sendCostRatio ?? 9) <= COST_RATIO_MAX ? 0 : 1;
