// `npm run check:peers`: what the learner writes, loaded by other engines. Trains a small adapter on the real base model and
// compares the likeliest token at the positions of held-out dialogues: ours against PEFT, llama.cpp (with the adapter, and the
// merged model) and vLLM. The last line is one JSON object; the exit code is 1 when an engine agrees on fewer than 98 % of the positions.
//
// Needs Python (`peer-python.ts`). vLLM is asked where
// RETUNE_PEERS_VLLM_PYTHON names a Python that has it, since it wants an environment of its own.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { z } from 'zod';
import { openTokenizer, type Tokenizer } from '../../src/inference/tokenizer.js';
import { writeGgufAdapter } from '../../src/lora/formats/gguf-adapter.js';
import { mergeIntoGguf } from '../../src/lora/formats/merge.js';
import { writePeftAdapter } from '../../src/lora/formats/peft-adapter.js';
import { readModelShape } from '../../src/lora/model/config.js';
import { loadLlamaFile } from '../../src/lora/model/load.js';
import { adapterLayout, createAdapter } from '../../src/lora/model/lora.js';
import { openBackend } from '../../src/lora/tensor/backend.js';
import {
  architectureGguf,
  ARCHITECTURE_GOLDENS,
  floats,
  readGolden,
  type ArchitectureGolden,
} from '../../src/lora/testing/golden.js';
import { TRAIN_DEFAULTS } from '../../src/lora/train/settings.js';
import { train } from '../../src/lora/train/train.js';
import { ensureAssets } from '../../src/setup/assets.js';
import { cacheFolder } from '../../src/setup/paths.js';
import { loadQuestions, type Question } from '../demo/questions.js';
import { likeliestTokens, type Dialogue } from './likeliest-tokens.js';
import { peerPython } from './peer-python.js';

const tokensSchema = z.array(z.array(z.number()));
const LEAST_AGREEMENT = 0.98;
/** Nats, on the tiny model of each architecture; llama.cpp keeps keys and values in float16. */
const MOST_LOSS_DISTANCE = 0.005;
const INSTRUCTIONS = "You are the support assistant of a bank. Answer the customer's question briefly.";
const ENGINE_MS = 30 * 60_000;

const say = (line: string) => process.stderr.write(`${line}\n`);
const work = mkdtempSync(join(tmpdir(), 'retune-peers-'));
try {
  const { modelPath } = await ensureAssets({ log: say });
  const { dialogues, ours, base } = await learn(modelPath);
  writeFileSync(join(work, 'dialogues.json'), JSON.stringify({ model: modelPath, dialogues }));
  const python = await peerPython(cacheFolder());
  writeArchitectureAdapters();
  const compare = (engine: string, own: number[][]) => ask(engine, python) ?? agreementOf(engine, own, dialogues);
  const vllm = process.env.RETUNE_PEERS_VLLM_PYTHON;
  const agreement = {
    peft: ask('base', python) ?? compare('peft', ours),
    // On the base's own weights in F16: beside quantised ones llama.cpp rounds activations to 8 bits, with or without an adapter.
    llamaCpp: compare('llama.cpp', ours),
    llamaCppMerged: compare('merged', ours),
    ...(vllm && {
      vllm: ask('vllm', vllm) ?? { answers: share(answerOf('vllm', tokensSchema), answersOf(ours, dialogues)) },
    }),
  };
  // For information: how much those 8 bits change, with our adapter and without any.
  const quantised = {
    llamaCpp: compare('llama.cpp-quantised', ours),
    llamaCppWithoutAdapter: compare('llama.cpp-quantised-base', base),
  };
  const changedByAdapter = Number((1 - share(ours, base)).toFixed(4));
  const llamaCppLossDistance =
    ask('architectures', python) ?? answerOf('architectures', z.record(z.string(), z.number()));
  const positions = { everywhere: ours.flat().length, answers: answersOf(ours, dialogues).flat().length };
  console.log(JSON.stringify({ positions, changedByAdapter, ...agreement, quantised, llamaCppLossDistance }));
  const agree = Object.values(agreement).every(
    (part) => typeof part === 'object' && ('everywhere' in part ? part.everywhere : part.answers) >= LEAST_AGREEMENT,
  );
  const close =
    typeof llamaCppLossDistance === 'object' &&
    Object.values(llamaCppLossDistance).every((distance) => distance <= MOST_LOSS_DISTANCE);
  process.exitCode = agree && close ? 0 : 1;
} finally {
  rmSync(work, { recursive: true });
}

/** Trains the adapter, writes it in every format, and gives our own likeliest tokens with and without it. */
async function learn(modelPath: string): Promise<{ dialogues: Dialogue[]; ours: number[][]; base: number[][] }> {
  await openBackend();
  const model = loadLlamaFile(modelPath);
  const tokenizer = await openTokenizer(modelPath);
  const questions = loadQuestions({ trainEach: 4, heldOutEach: 4 });
  const items = questions.train.map((question, i) => ({
    kind: 'sft' as const,
    id: String(i),
    ...tokensOf(tokenizer, question),
    weight: 1,
  }));
  const adapter = createAdapter(model.config, { rank: 8, alpha: 16, seed: 0 });
  say(`Training an adapter on ${items.length} examples …`);
  await train({ model, adapter, items, settings: { ...TRAIN_DEFAULTS, epochs: 3 } });
  writeGgufAdapter(join(work, 'adapter.gguf'), adapter, model.config);
  writePeftAdapter(join(work, 'peft'), adapter, model.config, { baseModel: join(work, 'base') });
  mergeIntoGguf({ basePath: modelPath, adapter, outPath: join(work, 'merged.gguf'), type: 'F16' });
  // So small that it changes nothing, but every layer counts as changed and is written as F16.
  const still = createAdapter(model.config, { rank: 1, alpha: 1, seed: 0 });
  still.values.fill(1e-30);
  mergeIntoGguf({ basePath: modelPath, adapter: still, outPath: join(work, 'base-f16.gguf'), type: 'F16' });
  const dialogues = toDialogues(questions.heldOut.map((question) => tokensOf(tokenizer, question)));
  const ours = await likeliestTokens(model, adapter, dialogues);
  const base = await likeliestTokens(model, undefined, dialogues);
  model.dispose();
  await tokenizer.dispose();
  return { dialogues, ours, base };
}

interface Tokens {
  promptTokens: number[];
  completionTokens: number[];
}

function tokensOf(tokenizer: Tokenizer, { text, wanted }: Question): Tokens {
  const promptTokens = tokenizer.promptTokens([
    { role: 'system', content: INSTRUCTIONS },
    { role: 'user', content: text },
  ]);
  return { promptTokens, completionTokens: tokenizer.completionTokens(wanted) };
}

/** Without the last token, which predicts nothing, and without what all begin with, which would be counted again and again. */
function toDialogues(items: Tokens[]): Dialogue[] {
  const all = items.map(({ promptTokens, completionTokens }) => [...promptTokens, ...completionTokens]);
  const [first = []] = all;
  const shared = first.findIndex((token, i) => all.some((tokens) => tokens[i] !== token));
  return all.map((tokens, i) => ({
    tokens: tokens.slice(0, -1),
    from: shared - 1,
    answer: (items[i]?.promptTokens.length ?? 0) - 1,
  }));
}

/** Runs an engine; the reason when it fails. */
function ask(engine: string, python: string): string | undefined {
  say(`Asking ${engine} …`);
  const script = resolve('test', 'peers', 'engines.py');
  const { status, stderr, error } = spawnSync(python, ['-B', script, engine, work], {
    encoding: 'utf8',
    timeout: ENGINE_MS,
    maxBuffer: 1 << 26,
  });
  if (status === 0) return undefined;
  const reason = error?.message ?? stderr.trim().split('\n').at(-1) ?? `exit code ${status}`;
  say(stderr.slice(-4000));
  return `failed: ${reason}`;
}

function answerOf<T>(engine: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(join(work, `answer-${engine}.json`), 'utf8')));
}

/** Shares of the same token: at all positions, and at those of the answers, which are what is served. */
function agreementOf(engine: string, ours: number[][], dialogues: Dialogue[]) {
  const theirs = answerOf(engine, tokensSchema);
  return {
    everywhere: share(theirs, ours),
    answers: share(answersOf(theirs, dialogues), answersOf(ours, dialogues)),
  };
}

function answersOf(tokens: number[][], dialogues: Dialogue[]): number[][] {
  return tokens.map((row, i) => row.slice((dialogues[i]?.answer ?? 0) - (dialogues[i]?.from ?? 0)));
}

/** The golden adapters of the tiny models (qwen2, qwen3 …), written by us as GGUF. */
function writeArchitectureAdapters(): void {
  for (const name of ARCHITECTURE_GOLDENS) {
    const { config } = readModelShape(architectureGguf(name));
    const { rank, alpha, values } = readGolden<ArchitectureGolden>(`arch-${name}.json`);
    const { matrices } = adapterLayout(config, rank);
    writeGgufAdapter(join(work, `arch-${name}.gguf`), { rank, alpha, matrices, values: floats(values) }, config);
  }
}

/** The share of positions with the same token. */
function share(theirs: number[][], ours: number[][]): number {
  const [a, b] = [theirs.flat(), ours.flat()];
  if (a.length !== b.length) throw new Error(`An engine answered ${a.length} positions of ${b.length}.`);
  return Number((a.filter((token, i) => token === b[i]).length / b.length).toFixed(4));
}
