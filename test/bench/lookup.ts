// `npm run bench:lookup [-- --quick]`: what look-up decoding is worth. The same prompts are answered by two engines, one that drafts and one that
// doesn't, by turns: questions near what the memory knows, so that corrections stand in the prompt as worked examples, and dialogues without
// any. Both must write the same words. The last line is one JSON object; the exit code is 1 when they don't, or when a kind got slower.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { buildTurns } from '../../src/assistants/prompt.js';
import type { PromptTurn } from '../../src/database/entities/example.entity.js';
import { openEmbedder, type Embedder } from '../../src/embedding/embedder.js';
import type { Generated } from '../../src/inference/engine.js';
import { LlamaCppEngine } from '../../src/inference/llama-cpp-engine.js';
import { embedAsked, askedOf } from '../../src/memory/asked.js';
import { recallOf } from '../../src/memory/memory.js';
import { nearest } from '../../src/memory/nearest.js';
import { FEW_SHOT_MIN, SHOTS_MAX } from '../../src/memory/thresholds.js';
import { readAssets } from '../../src/setup/assets.js';
import { loadQuestions } from '../demo/questions.js';
import { median, rounded, sum } from './statistics.js';
import { loadDialogues } from './train/dialogues.js';

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const { each, rounds } = flags.quick ? { each: 15, rounds: 2 } : { each: 40, rounds: 5 };
const ANSWER_TOKENS = 96;
const PROMPT_TOKENS_MAX = 512;
const REMEMBERED_EACH = 3;
const SEED = 7;
/** Noise of the machine; below it drafts cost something. */
const RATIO_MIN = 0.97;
const INSTRUCTIONS = 'You are the support assistant of a bank. Answer in a few plain sentences.';

/** As long as agents write; invented, so that no model knows them. */
const ANSWERS: Readonly<Record<string, string>> = {
  card_arrival:
    'Cards leave our print shop in Aveiro every Tuesday and take three working days. If yours has not come after eight days, call desk ' +
    'seven on weekdays between nine and five, and have the number at the top of your contract at hand.',
  lost_or_stolen_card:
    'Please press the red button on the first page of the app at once: it blocks the card within a minute. A new one is sent to your ' +
    'address for free. If the app is not at hand, call desk nine, which is there day and night.',
  exchange_rate:
    'Our rates are set once a day, at noon in Lisbon, and are the same for everybody. You find the rate of today under "Travel" in the app; ' +
    'what you pay by card at the weekend uses the rate of Friday and a margin of 0.4 percent.',
  top_up_failed:
    'A top-up that failed is booked back by your own bank within 22 minutes. Please try again after that, with an amount below 900 euros. ' +
    'If it fails twice, your card does not allow payments abroad, and a bank transfer is the way to go.',
  verify_my_identity:
    'Open "Profile", then "Badge", and hold your passport or residence permit in front of the camera. Clara from our team looks at it ' +
    'within two hours on working days, and you get a message when your account is ready.',
};

/** Questions with their worked examples, as the service would ask them; what the memory answers by itself is left out. */
async function remembered(embedder: Embedder): Promise<PromptTurn[][]> {
  const { train, heldOut } = loadQuestions({ trainEach: REMEMBERED_EACH, heldOutEach: Math.ceil(each / 5) });
  const vectorsOf = (text: string) => embedAsked(embedder, askedOf(text, []));
  const entries = [];
  for (const { text: question, intent } of train) {
    const known = {
      id: question,
      assistantId: 'demo',
      createdAtMs: 0,
      text: { question, answer: ANSWERS[intent] ?? '' },
    };
    entries.push({ ...known, ...(await vectorsOf(question)) });
  }
  const prompts: PromptTurn[][] = [];
  for (const { text } of heldOut) {
    const { shots } = recallOf(nearest(await vectorsOf(text), entries, { min: FEW_SHOT_MIN, count: SHOTS_MAX }));
    if (shots.length > 0) prompts.push(buildTurns({ instructions: INSTRUCTIONS, fewShot: shots }, [], text));
  }
  return prompts;
}

interface Answered {
  result: Generated;
  /** From the first token to the end. */
  decodeMs: number;
}

async function answer(engine: LlamaCppEngine, turns: PromptTurn[]): Promise<Answered> {
  let firstMs = 0;
  for await (const event of engine.generate({ turns, maxTokens: ANSWER_TOKENS, temperature: 0 })) {
    if (event.kind === 'done') return { result: event.result, decodeMs: performance.now() - firstMs };
    firstMs ||= performance.now();
  }
  throw new Error('The engine gave no answer.');
}

/** Tokens a second after the first of each answer, one answer at a time. */
async function speed(engine: LlamaCppEngine, prompts: PromptTurn[][]): Promise<{ speed: number; words: string[] }> {
  const answers: Answered[] = [];
  for (const turns of prompts) answers.push(await answer(engine, turns));
  const tokens = sum(answers.map(({ result }) => result.completionTokens - 1));
  const seconds = sum(answers.map(({ decodeMs }) => decodeMs)) / 1000;
  return { speed: tokens / seconds, words: answers.map(({ result }) => result.text) };
}

/** Median over the rounds of the speed with drafts over that without. */
async function compare(name: string, drafts: LlamaCppEngine, plain: LlamaCppEngine, prompts: PromptTurn[][]) {
  const ratios: number[] = [];
  let sameWords = true;
  for (let round = 0; round < rounds; round++) {
    const [ours, theirs] = [await speed(drafts, prompts), await speed(plain, prompts)];
    ratios.push(ours.speed / theirs.speed);
    sameWords &&= ours.words.every((words, i) => words === theirs.words[i]);
    const [fast, slow] = [ours.speed.toFixed(0), theirs.speed.toFixed(0)];
    console.log(`${name}, ${prompts.length} answers: ${fast} tok/s with drafts, ${slow} without.`);
  }
  return { ratio: rounded(median(ratios), 3) ?? NaN, sameWords };
}

async function shortDialogues(engine: LlamaCppEngine): Promise<PromptTurn[][]> {
  const short: PromptTurn[][] = [];
  for (const { prompt } of loadDialogues(2 * each, SEED).dialogues) {
    if ((await engine.countTokens(prompt)) <= PROMPT_TOKENS_MAX) short.push(prompt);
  }
  return short.slice(0, each);
}

async function main(): Promise<void> {
  const assets = readAssets();
  if (!assets?.embeddingModel) throw new Error('Run `npm run setup` first.');
  const { modelPath, modelSha256, embeddingModel } = assets;
  const settings = { threads: availableParallelism(), slots: 1, contextTokens: 1024, maxQueued: 1 };
  const open = (draftTokens?: number) => LlamaCppEngine.open({ modelPath, modelSha256, ...settings, draftTokens });
  const embedder = await openEmbedder(embeddingModel, { threads: 1 });
  const [drafts, plain] = [await open(), await open(0)];
  const memory = await compare('memory', drafts, plain, await remembered(embedder));
  const dialogues = await compare('dialogues', drafts, plain, await shortDialogues(plain));
  await Promise.all([drafts.close(), plain.close(), embedder.close()]);
  const sameWords = memory.sameWords && dialogues.sameWords;
  console.log(JSON.stringify({ memoryRatio: memory.ratio, dialoguesRatio: dialogues.ratio, sameWords, rounds }));
  process.exitCode = sameWords && Math.min(memory.ratio, dialogues.ratio) >= RATIO_MIN ? 0 : 1;
}

await main();
