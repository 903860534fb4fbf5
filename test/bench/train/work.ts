// The work that both trainers get: the same tokens, the same first adapter, the same batches and learning rates.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { openTokenizer } from '../../../src/inference/tokenizer.js';
import { readModelShape } from '../../../src/lora/model/config.js';
import { createAdapter } from '../../../src/lora/model/lora.js';
import { learningRateAt } from '../../../src/lora/train/adamw.js';
import { seededRandom, shuffled } from '../../../src/lora/random.js';
import { loadDialogues } from './dialogues.js';

export const workSchema = z.object({
  gguf: z.string(),
  threads: z.number().int(),
  rank: z.number().int(),
  alpha: z.number(),
  /** Float32 values of the first adapter, in the learner's order. */
  adapter: z.string(),
  items: z.array(z.object({ prompt: z.array(z.number()), completion: z.array(z.number()) })),
  heldOut: z.array(z.object({ prompt: z.array(z.number()), completion: z.array(z.number()) })),
  /** Indices of items, an optimiser step each; `grouped` are the same items in batches of similar lengths. */
  batches: z.array(z.array(z.number().int())),
  grouped: z.array(z.array(z.number().int())),
  learningRates: z.array(z.number()),
  microBatchTokens: z.number().int(),
});
export type Work = z.infer<typeof workSchema>;

export interface WorkOptions {
  updates: number;
  examplesPerUpdate: number;
  heldOut: number;
  rank: number;
  threads: number;
  learningRate: number;
  /** Longer examples are left out. */
  maxTokens: number;
  microBatchTokens: number;
  seed: number;
}

/** Writes work.json and the adapter into the folder. */
export async function makeWork(
  gguf: string,
  folder: string,
  options: WorkOptions,
): Promise<{ work: Work; path: string; source: string }> {
  const { updates, examplesPerUpdate, heldOut, rank, threads, seed } = options;
  const wanted = updates * examplesPerUpdate + heldOut;
  const { source, dialogues } = loadDialogues(Math.ceil(wanted * 1.3), seed);
  const tokenizer = await openTokenizer(gguf);
  const all = dialogues
    .map(({ prompt, completion }) => ({
      prompt: tokenizer.promptTokens(prompt),
      completion: tokenizer.completionTokens(completion),
    }))
    .filter(({ prompt, completion }) => prompt.length + completion.length <= options.maxTokens);
  await tokenizer.dispose();
  const items = all.slice(heldOut, wanted);
  const alpha = 2 * rank;
  const work: Work = {
    gguf,
    threads,
    rank,
    alpha,
    adapter: join(folder, 'adapter.f32'),
    items,
    heldOut: all.slice(0, heldOut),
    batches: inBatches(
      items.map((_, i) => i),
      examplesPerUpdate,
    ),
    grouped: groupedByLength(items, examplesPerUpdate, seed),
    learningRates: Array.from({ length: updates }, (_, step) =>
      learningRateAt(step, updates, options.learningRate, 0.05),
    ),
    microBatchTokens: options.microBatchTokens,
  };
  writeFileSync(work.adapter, createAdapter(readModelShape(gguf).config, { rank, alpha, seed }).values);
  const path = join(folder, 'work.json');
  writeFileSync(path, JSON.stringify(work));
  return { work, path, source };
}

const inBatches = (order: readonly number[], size: number): number[][] =>
  Array.from({ length: Math.floor(order.length / size) }, (_, i) => order.slice(i * size, (i + 1) * size));

/** As length-grouped samplers do: sorted by length, cut into batches, the batches in random order. */
function groupedByLength(items: Work['items'], size: number, seed: number): number[][] {
  const lengthOf = (i: number) => (items[i]?.prompt.length ?? 0) + (items[i]?.completion.length ?? 0);
  const order = items.map((_, i) => i).sort((a, b) => lengthOf(a) - lengthOf(b));
  return shuffled(inBatches(order, size), seededRandom(seed));
}
