// `npm run bench:swap [-- --quick] [--pairs N] [--chats N]`: promotions and rollbacks while chats stream. How long until a new customer
// hears the first token of the version just made champion (the request, its load, its probe, the transaction, a question), whether any
// chat lost anything, and whether memory comes back to where it was. The last line is one JSON object; the exit code is 1 when a bar was missed.
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { readAssets } from '../../../src/setup/assets.js';
import { newCustomer, Tally } from '../../demo/customer.js';
import { operatorOf, type Operator } from '../../demo/operator.js';
import { say } from '../../demo/screen.js';
import { startService, temporaryFolder, type ServiceUnderTest } from '../../support/service.js';
import { NO_LIMITS } from '../no-limits.js';
import { residentMb } from '../resident-memory.js';
import { median, percentile, rounded } from '../statistics.js';
import { beginStreams } from './streams.js';
import { registerVersions } from './versions.js';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    pairs: { type: 'string' },
    chats: { type: 'string', default: '8' },
  },
});
const pairs = Number(flags.pairs ?? (flags.quick ? 8 : 50));
const chats = Number(flags.chats);
/** The engine opens its model anew after sixteen versions: once before memory is looked at for the first time. */
const WARM_UP_PAIRS = flags.quick ? 4 : 18;

/** More than there are chats, so that a new customer doesn't wait for a chat's end: the swap is measured, not the queue. */
const SLOTS = chats + 4;
const ANSWER_TOKENS = 96;
/** Idle contexts are freed after a minute; then memory is what it is at rest. */
const REST_MS = 70_000;
const REST_SAMPLES = 5;
const REST_SAMPLE_MS = 1_000;
/** Between two swaps, so that chats are answered by each version. */
const BETWEEN_MS = 1_000;
const LOOKS_MAX = 8;

const P99_MS_MAX = 1_000;
const GROWTH_MB_MAX = 20;

/** Milliseconds from the operator's request until it was carried out, and to the first token of an answer by that version. */
interface Swapped {
  carriedOutMs: number;
  firstTokenMs: number;
}

async function swap(url: string, tally: Tally, version: number, change: () => Promise<unknown>): Promise<Swapped> {
  const looker = await newCustomer(url, tally);
  try {
    const begunMs = Date.now();
    await change();
    const carriedOutMs = Date.now() - begunMs;
    for (let look = 0; look < LOOKS_MAX; look++) {
      const { adapterVersion, firstTokenMs } = await looker.ask('Hello, can you help me?', {
        stopAfterFirstToken: true,
      });
      if (adapterVersion === version) return { carriedOutMs, firstTokenMs: firstTokenMs - begunMs };
    }
    throw new Error(`Version ${version} did not answer after its promotion.`);
  } finally {
    looker.leave();
  }
}

/** Promotes these versions one after the other, each with its rollback, while chats stream. */
async function swapThere(
  service: ServiceUnderTest,
  operator: Operator,
  tally: Tally,
  versions: number[],
): Promise<Swapped[]> {
  const streams = beginStreams(service.url, tally, chats);
  const swapped: Swapped[] = [];
  try {
    for (const version of versions) {
      swapped.push(await swap(service.url, tally, version, () => operator.promote(version, 'Measured.')));
      await sleep(BETWEEN_MS);
      swapped.push(await swap(service.url, tally, 0, () => operator.rollback('Measured.')));
      await sleep(BETWEEN_MS);
      const [there, back] = swapped
        .slice(-2)
        .map(({ carriedOutMs, firstTokenMs }) => `${carriedOutMs} → ${firstTokenMs}`);
      say(
        `  version ${version}: promoted ${there} ms, rolled back ${back} ms; ${residentMb(service.pid).toFixed(0)} MB`,
      );
    }
  } finally {
    await streams.end();
  }
  return swapped;
}

async function memoryAtRest({ pid }: ServiceUnderTest): Promise<number> {
  await sleep(REST_MS);
  const samples: number[] = [];
  for (let i = 0; i < REST_SAMPLES; i++) {
    samples.push(residentMb(pid));
    await sleep(REST_SAMPLE_MS);
  }
  return median(samples);
}

const assets = readAssets();
if (!assets) throw new Error('Run `npm run setup` first.');
const dataDir = await temporaryFolder();
const settings = { ...NO_LIMITS, ENGINE_SLOTS: String(SLOTS), CHAT_MAX_ANSWER_TOKENS: String(ANSWER_TOKENS) };
const service = await startService({ RETUNE_DATA: dataDir, ...settings });
const database = new pg.Client(service.databaseUrl);
try {
  await database.connect();
  const all = Array.from({ length: WARM_UP_PAIRS + pairs }, (_, i) => i + 1);
  say(`${all.length} versions are made …`);
  await registerVersions(database, { dataDir, ...assets }, all.length);
  const operator = operatorOf(service);
  const tally = new Tally();
  say(
    `${WARM_UP_PAIRS} pairs of swaps to warm up, then ${pairs} beside ${chats} streaming chats (carried out → first token):`,
  );
  await swapThere(service, operator, tally, all.slice(0, WARM_UP_PAIRS));
  const beforeMb = await memoryAtRest(service);
  const swapped = await swapThere(service, operator, tally, all.slice(WARM_UP_PAIRS));
  const afterMb = await memoryAtRest(service);
  for (const problem of tally.problems) say(`  ${problem}`);
  say(`${tally.answered} answers; at rest ${beforeMb.toFixed(0)} MB before, ${afterMb.toFixed(0)} MB after.`);
  const toFirstToken = swapped.map(({ firstTokenMs }) => firstTokenMs);
  const result = {
    failed: tally.failed,
    lost: tally.lost,
    p50Ms: percentile(toFirstToken, 0.5),
    p99Ms: percentile(toFirstToken, 0.99),
    rssGrowthMb: rounded(afterMb - beforeMb, 1) ?? Infinity,
    swaps: swapped.length,
    answered: tally.answered,
  };
  console.log(JSON.stringify(result));
  const { failed, lost, p99Ms, rssGrowthMb } = result;
  process.exitCode = failed + lost === 0 && p99Ms <= P99_MS_MAX && rssGrowthMb <= GROWTH_MB_MAX ? 0 : 1;
} finally {
  await database.end();
  await service.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
