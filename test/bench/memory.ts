// `npm run bench:memory`: the memory plan's estimate beside the peak that was measured, on the real base model, a process for each
// size of micro-batch. Ends with one line of JSON.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { loadLlamaFile } from '../../src/lora/model/load.js';
import { createAdapter } from '../../src/lora/model/lora.js';
import { openBackend } from '../../src/lora/tensor/backend.js';
import { estimateMemory, runSize } from '../../src/lora/train/memory-plan.js';
import { TRAIN_DEFAULTS } from '../../src/lora/train/settings.js';
import { train } from '../../src/lora/train/train.js';
import { readModel } from '../../src/setup/model.js';
import { cacheFolder } from '../../src/setup/paths.js';
import { randomItems } from './random-items.js';

const CASES = [
  { tokens: 128, rank: 8 },
  { tokens: 512, rank: 8 },
  { tokens: 1024, rank: 8 },
  { tokens: 1024, rank: 64 },
  { tokens: 2048, rank: 16 },
];
const ITEM_ROWS = 128;
const ITEM_COMPLETION = 32;
const ITEM = { prompt: ITEM_ROWS + 1 - ITEM_COMPLETION, completion: ITEM_COMPLETION };

const measurementSchema = z.object({ estimate: z.number(), loaded: z.number(), peak: z.number() });

const peakBytes = () => process.resourceUsage().maxRSS * 1024;

/** In a child: two steps of one whole micro-batch. */
async function measure(tokens: number, rank: number): Promise<z.infer<typeof measurementSchema>> {
  const base = readModel(cacheFolder());
  if (!base) throw new Error('Run `npm run setup` first.');
  await openBackend();
  const model = loadLlamaFile(base.path);
  const loaded = peakBytes();
  const examplesPerStep = tokens / ITEM_ROWS;
  const items = randomItems(examplesPerStep, ITEM, model.config.vocabulary);
  const adapter = createAdapter(model.config, { rank, alpha: 2 * rank, seed: 0 });
  const settings = { ...TRAIN_DEFAULTS, epochs: 2, examplesPerStep, microBatchTokens: tokens };
  await train({ model, adapter, items, settings });
  const size = runSize({ config: model.config, isTied: model.head === model.embedding }, { rank }, items);
  const { total, ...parts } = estimateMemory(size, tokens);
  console.error(JSON.stringify(parts));
  return { estimate: total, loaded, peak: peakBytes() };
}

function compare() {
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(2);
  return CASES.map(({ tokens, rank }) => {
    const child = [fileURLToPath(import.meta.url), String(tokens), String(rank)];
    const text = execFileSync(process.execPath, [...process.execArgv, ...child], { encoding: 'utf8' });
    const { estimate, loaded, peak } = measurementSchema.parse(JSON.parse(text.trim().split('\n').at(-1) ?? ''));
    const error = estimate / peak - 1;
    const words = `estimated ${gigabytes(estimate)} GB, measured ${gigabytes(peak)} GB (after loading ${gigabytes(loaded)} GB)`;
    console.log(`${tokens} tokens, rank ${rank}: ${words}, off by ${(100 * error).toFixed(0)} %`);
    return { tokens, rank, estimate, peak, error };
  });
}

const [tokens, rank] = process.argv.slice(2).map(Number);
if (tokens && rank) {
  console.log(JSON.stringify(await measure(tokens, rank)));
} else {
  const rows = compare();
  console.log(JSON.stringify({ largestError: Math.max(...rows.map(({ error }) => Math.abs(error))), rows }));
}
