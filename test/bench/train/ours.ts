// The learner's side of the training benchmark, in a process of its own: node ours.js work.json
import * as tf from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import type { LlamaModel } from '../../../src/lora/model/llama.js';
import { loadLlamaFile } from '../../../src/lora/model/load.js';
import { adapterLayout, type LoraAdapter } from '../../../src/lora/model/lora.js';
import { measureGflops, openBackend } from '../../../src/lora/tensor/backend.js';
import { ADAMW_DEFAULTS, adamwUpdate, createOptimiser } from '../../../src/lora/train/adamw.js';
import type { SftItem } from '../../../src/lora/train/batches.js';
import { LOSS_DEFAULTS } from '../../../src/lora/train/losses/loss.js';
import { makeReference } from '../../../src/lora/train/reference.js';
import { stepGradient } from '../../../src/lora/train/gradient.js';
import { scoreCompletions } from '../../../src/lora/train/score.js';
import { workSchema, type Work } from './work.js';

const toItem = ({ prompt, completion }: Work['items'][number], i: number): SftItem => ({
  kind: 'sft',
  id: String(i),
  promptTokens: prompt,
  completionTokens: completion,
  weight: 1,
});

async function main(path: string): Promise<void> {
  const work = workSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const backend = await openBackend({ threads: work.threads });
  const model = loadLlamaFile(work.gguf);
  const adapter = firstAdapter(work, model);
  const gflops = await measureGflops(2048);
  const result = await trainAsGiven(work, model, adapter);
  const peakRssGb = process.resourceUsage().maxRSS / 2 ** 20;
  const scores = await scoreCompletions(model, adapter, work.heldOut.map(toItem));
  const tokens = scores.reduce((sum, score) => sum + score.tokens, 0);
  const heldOutLoss = -scores.reduce((sum, score) => sum + score.logProb, 0) / tokens;
  console.log(JSON.stringify({ ...result, peakRssGb, heldOutLoss, gflops, backend: backend.name }));
}

function firstAdapter({ rank, alpha, adapter }: Work, model: LlamaModel): LoraAdapter {
  const bytes = readFileSync(adapter);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return { rank, alpha, matrices: adapterLayout(model.config, rank).matrices, values };
}

/** The work's own batches and learning rates, so that both sides do the same updates. */
async function trainAsGiven(work: Work, model: LlamaModel, adapter: LoraAdapter) {
  const items = work.items.map(toItem);
  const optimiser = createOptimiser(adapter.values);
  const reference = await makeReference({
    model,
    adapter,
    items,
    keepStart: 0,
    microBatchTokens: work.microBatchTokens,
  });
  const losses: number[] = [];
  const seconds: number[] = [];
  for (const [step, batch] of work.batches.entries()) {
    const started = performance.now();
    const of = batch.map((i) => items[i] as SftItem);
    const { gradient, norm, loss } = await stepGradient({
      ...{ model, adapter, flat: optimiser.values, items: of, losses: LOSS_DEFAULTS, reference },
      microBatchTokens: work.microBatchTokens,
    });
    adamwUpdate(optimiser, gradient, norm, work.learningRates[step] as number, ADAMW_DEFAULTS);
    gradient.dispose();
    losses.push(loss);
    seconds.push((performance.now() - started) / 1000);
  }
  adapter.values.set(await optimiser.values.data());
  tf.dispose([optimiser.values, optimiser.firstMoment, optimiser.secondMoment]);
  return { losses, seconds };
}

await main(process.argv[2] as string);
