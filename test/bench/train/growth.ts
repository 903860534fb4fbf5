// npm run bench:train-growth: how the learner's speed and memory change with the number of examples, their length, and the rank. Each
// cell runs in a process of its own; the last line is one JSON object.
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { loadLlamaFile } from '../../../src/lora/model/load.js';
import { createAdapter } from '../../../src/lora/model/lora.js';
import { openBackend } from '../../../src/lora/tensor/backend.js';
import { TRAIN_DEFAULTS, type StepReport } from '../../../src/lora/train/settings.js';
import { train } from '../../../src/lora/train/train.js';
import { readAssets } from '../../../src/setup/assets.js';
import { randomItems } from '../random-items.js';
import { resultOf } from '../../support/child.js';

const SELF = fileURLToPath(import.meta.url);
const COMPLETION_SHARE = 0.35;
const TOKENS_PER_UPDATE = 2048;
const WARM_UP_UPDATES = 1;

const cellSchema = z.object({
  examples: z.number().int(),
  length: z.number().int(),
  rank: z.number().int(),
  updates: z.number().int(),
});
type Cell = z.infer<typeof cellSchema>;

const resultSchema = z.object({ tokensPerSecond: z.number(), peakRssGb: z.number() });
type Result = z.infer<typeof resultSchema>;

/** In the child: trains on random tokens of one length and stops after the updates asked for. */
async function runCell({ examples, length, rank, updates }: Cell): Promise<Result> {
  await openBackend();
  const model = loadLlamaFile(readAssets()?.modelPath ?? '');
  const stop = new AbortController();
  const reports: (StepReport & { at: number })[] = [];
  const onStep = (step: StepReport) => {
    reports.push({ ...step, at: performance.now() });
    if (step.step === updates + WARM_UP_UPDATES) stop.abort();
  };
  const settings = {
    ...TRAIN_DEFAULTS,
    learningRate: 1e-4,
    epochs: 1,
    examplesPerStep: Math.max(1, Math.round(TOKENS_PER_UPDATE / length)),
  };
  const completion = Math.max(1, Math.round(length * COMPLETION_SHARE));
  const items = randomItems(examples, { prompt: length - completion, completion }, model.config.vocabulary);
  const adapter = createAdapter(model.config, { rank, alpha: 2 * rank, seed: 1 });
  await train({ model, adapter, items, settings, onStep, signal: stop.signal }).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const [first, last] = [reports[WARM_UP_UPDATES - 1], reports.at(-1)];
  if (!first || !last) throw new Error('No update was made.');
  const tokensPerSecond = ((last.tokens - first.tokens) / (last.at - first.at)) * 1000;
  return { tokensPerSecond, peakRssGb: process.resourceUsage().maxRSS / 2 ** 20 };
}

async function measureCell(cell: Cell): Promise<Result> {
  const result = resultSchema.parse(await resultOf(process.execPath, [SELF, JSON.stringify(cell)]));
  const { tokensPerSecond, peakRssGb } = result;
  const of = `${String(cell.examples).padStart(6)} examples of ${String(cell.length).padStart(4)} tokens, rank ${String(cell.rank).padStart(2)}`;
  console.log(`${of}: ${tokensPerSecond.toFixed(0).padStart(4)} tokens/s, ${peakRssGb.toFixed(2)} GB at its peak`);
  return result;
}

async function main(): Promise<void> {
  const base: Cell = { examples: 1000, length: 128, rank: 16, updates: 3 };
  const few: Result[] = [];
  const many: Result[] = [];
  // In turns, so that a slower minute of the machine meets both.
  for (let round = 0; round < 2; round++) {
    few.push(await measureCell(base));
    many.push(await measureCell({ ...base, examples: 30_000 }));
  }
  const lengths: Record<number, Result> = {};
  for (const length of [64, 128, 256, 512, 1024]) lengths[length] = await measureCell({ ...base, length });
  const ranks: Record<number, Result> = {};
  for (const rank of [4, 8, 16, 32, 64]) ranks[rank] = await measureCell({ ...base, rank });
  const speedChange = best(many, 'tokensPerSecond') / best(few, 'tokensPerSecond') - 1;
  const memoryChange = best(many, 'peakRssGb') / best(few, 'peakRssGb') - 1;
  console.log(JSON.stringify({ speedChange, memoryChange, lengths, ranks }));
}

/** The best: what the machine can do when nothing else runs. */
const best = (results: readonly Result[], key: keyof Result) => Math.max(...results.map((result) => result[key]));

const cell = process.argv[2];
if (cell) console.log(JSON.stringify(await runCell(cellSchema.parse(JSON.parse(cell)))));
else await main();
