// `npm run bench:serve [-- --quick] [--without-vllm] [--without-llama.cpp] [--parts speed,gateway,training]`: how fast the service answers,
// over real sockets and with its database, beside raw llama.cpp and vLLM on the CPU, which are given the same prompts in their own process.
// Real dialogues, greedy, answers of one length; the contestants by turns. The last line is one JSON object; the exit code is 1 when a
// bar was missed. Only ratios compare between machines and days.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { readAssets, type Assets } from '../../../src/setup/assets.js';
import { operatorOf } from '../../demo/operator.js';
import { startService, type ServiceUnderTest } from '../../support/service.js';
import { backgroundTraining, giveCorrections, TRAINING_SETTINGS } from '../background-training.js';
import { NO_LIMITS } from '../no-limits.js';
import { median, rounded } from '../statistics.js';
import { startPeers } from './contestants.js';
import { figuresOf, missedBars, speedRatio, wavesOf, worstEffect } from './figures.js';
import type { Measurement, TrainingEffect } from './figures.js';
import { measureGateway, type GatewayCost } from './gateway-cost.js';
import { overSockets } from './ours.js';
import { loadPrompts } from './prompts.js';
import { race, speedLines } from './speed.js';
import { CONTESTANTS, dealer, sharedTokens, type Contestant, type ServePrompt } from './wave.js';
import { measureWhileTraining } from './while-training.js';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    'without-vllm': { type: 'boolean', default: false },
    'without-llama.cpp': { type: 'boolean', default: false },
    parts: { type: 'string', default: 'speed,gateway,training' },
    rounds: { type: 'string' },
    prompts: { type: 'string' },
    'answer-tokens': { type: 'string' },
  },
});

const FULL = {
  ...{ rounds: 5, prompts: 96, answerTokens: 64, gatewayPairs: 20, trainingCycles: 4 },
  speed: [
    { chats: 1, questionsEach: 6 },
    { chats: 4, questionsEach: 3 },
    { chats: 8, questionsEach: 2 },
    { chats: 16, questionsEach: 2 },
  ],
  training: [
    { chats: 1, questionsEach: 12 },
    { chats: 8, questionsEach: 4 },
  ],
};
const QUICK: typeof FULL = {
  ...{ rounds: 2, prompts: 40, answerTokens: 48, gatewayPairs: 8, trainingCycles: 2 },
  speed: FULL.speed.map(({ chats }) => ({ chats, questionsEach: Math.max(1, Math.floor(4 / chats)) })),
  training: [
    { chats: 1, questionsEach: 6 },
    { chats: 8, questionsEach: 2 },
  ],
};
const chosen = flags.quick ? QUICK : FULL;
const form = {
  ...chosen,
  rounds: Number(flags.rounds ?? chosen.rounds),
  prompts: Number(flags.prompts ?? chosen.prompts),
  answerTokens: Number(flags['answer-tokens'] ?? chosen.answerTokens),
};
const isAsked = (part: string) => flags.parts.split(',').includes(part);

/** Room for the longest prompt and its answer. */
const PEER_CONTEXT_TOKENS = 1024;
const WARM_UP_CHATS = 8;
const GATEWAY_PROMPTS = 4;
/** The number of chats that the first tokens in the last line are of. */
const TTFT_CHATS = 8;
const threads = availableParallelism();

async function main(): Promise<void> {
  const assets = readAssets();
  if (!assets) throw new Error('Run `npm run setup` first.');
  const service = await startService({
    ...{ ...NO_LIMITS, ...TRAINING_SETTINGS },
    CHAT_MAX_ANSWER_TOKENS: String(form.answerTokens),
  });
  const database = new pg.Client(service.databaseUrl);
  try {
    await database.connect();
    const { source, prompts: all } = await loadPrompts(database, assets.modelPath, form.prompts);
    const ours = overSockets(service.url, database);
    const prompts = await ofFullLength(ours, all);
    describe(source, prompts);
    const speed = isAsked('speed') ? await raceAll(assets, ours, prompts) : [];
    const gateway = isAsked('gateway')
      ? await measureGateway(
          service,
          database,
          { ...assets, threads },
          prompts.slice(0, GATEWAY_PROMPTS),
          form.gatewayPairs,
        )
      : undefined;
    const effects = isAsked('training') ? await besideTraining(service, ours, prompts) : [];
    report(source, speed, gateway, effects);
  } finally {
    await database.end();
    await service.stop();
  }
}

/** Asks everything once, which also warms the service up, and keeps what is answered at full length: so all answers are equally long. */
async function ofFullLength(ours: Contestant, all: readonly ServePrompt[]): Promise<ServePrompt[]> {
  const kept: ServePrompt[] = [];
  for (let i = 0; i < all.length; i += WARM_UP_CHATS) {
    const some = all.slice(i, i + WARM_UP_CHATS);
    const { answers } = await ours.serve(some.map((prompt) => [prompt]));
    kept.push(...some.filter((_, chat) => answers[chat]?.tokens === form.answerTokens));
  }
  return kept;
}

function describe(source: string, prompts: readonly ServePrompt[]): void {
  const lengths = prompts.map(({ tokens }) => tokens.length);
  const range = `${Math.min(...lengths)}–${Math.max(...lengths)} tokens (median ${median(lengths)})`;
  console.log(`Dialogues: ${source}; ${prompts.length} prompts of ${range}, all beginning with the same`);
  console.log(
    `  ${sharedTokens(prompts)} tokens of instructions; answers of ${form.answerTokens} tokens; ${threads} threads.`,
  );
}

async function raceAll(assets: Assets, ours: Contestant, prompts: readonly ServePrompt[]): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'retune-serve-'));
  const chatsMax = Math.max(...form.speed.map(({ chats }) => chats));
  const settings = { model: assets.modelPath, threads, contextTokens: PEER_CONTEXT_TOKENS, chatsMax };
  const names = CONTESTANTS.filter((name) => name === 'retune' || !flags[`without-${name}`]);
  const { peers, notes } = await startPeers(
    names,
    { ...settings, answerTokens: form.answerTokens },
    { cacheDir: assets.cacheDir, folder, shared: sharedTokens(prompts) },
  );
  try {
    for (const note of notes) console.log(note);
    return await race([ours, ...peers], prompts, { plan: form.speed, rounds: form.rounds });
  } finally {
    for (const peer of peers) await peer.close();
    rmSync(folder, { recursive: true });
  }
}

async function besideTraining(
  service: ServiceUnderTest,
  ours: Contestant,
  prompts: readonly ServePrompt[],
): Promise<TrainingEffect[]> {
  const operator = operatorOf(service);
  await giveCorrections(service.databaseUrl, operator);
  const { training: plan, trainingCycles: cycles } = form;
  return measureWhileTraining(ours, dealer(prompts), backgroundTraining(operator), { plan, cycles });
}

function report(
  source: string,
  speed: Measurement[],
  gateway: GatewayCost | undefined,
  effects: TrainingEffect[],
): void {
  for (const line of speedLines(speed)) console.log(line);
  if (gateway) {
    const { directMs, throughSocketMs } = gateway;
    console.log(
      `First token of a known prompt: ${directMs.toFixed(1)} ms in process, ${throughSocketMs.toFixed(1)} ms by socket.`,
    );
  }
  for (const { chats, speed: ratio, ttftP99 } of effects) {
    console.log(
      `While training, ${chats} chats: ${ratio.toFixed(2)} × the decode speed, ${ttftP99.toFixed(2)} × the first token's p99.`,
    );
  }
  const ttft = figuresOf(wavesOf(speed, 'retune', TTFT_CHATS));
  const decode = (result: Measurement['result']) => figuresOf([result]).chatTokensPerSecond;
  const result = {
    oneChatRatio: rounded(speedRatio(speed, 'llama.cpp', 1), 3),
    oneChatDecodeRatio: rounded(speedRatio(speed, 'llama.cpp', 1, decode), 3),
    eightChatsRatio: rounded(speedRatio(speed, 'llama.cpp', 8), 3),
    eightChatsRatioVllm: rounded(speedRatio(speed, 'vllm', 8), 3),
    ttftP50Ms: rounded(ttft.ttftP50Ms, 0),
    ttftP99Ms: rounded(ttft.ttftP99Ms, 0),
    gatewayAddsMs: rounded(gateway?.addsMs ?? NaN, 1),
    ...worstEffect(effects),
    ...{ source, rounds: form.rounds, threads },
  };
  for (const missed of missedBars(result)) console.log(missed);
  console.log(JSON.stringify(result));
  process.exitCode = missedBars(result).length > 0 ? 1 : 0;
}

await main();
