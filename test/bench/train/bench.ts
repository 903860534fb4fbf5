// npm run bench:train [-- --quick]: the learner's speed, memory and loss against transformers + PEFT. The last line is one JSON object.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readModelShape } from '../../../src/lora/model/config.js';
import { adapterLayout } from '../../../src/lora/model/lora.js';
import { pack } from '../../../src/lora/train/pack.js';
import { readAssets } from '../../../src/setup/assets.js';
import { cacheFolder } from '../../../src/setup/paths.js';
import { median, sum } from '../statistics.js';
import { curveDistance, measure, SIDES, usefulFlops, type Measured, type Side } from './compare.js';
import { peerPython } from '../../peers/peer-python.js';
import { makeWork, type Work } from './work.js';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rank: { type: 'string', default: '16' },
    updates: { type: 'string' },
    examples: { type: 'string', default: '8' },
    rounds: { type: 'string' },
  },
});

const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 3));
const updates = Number(flags.updates ?? (flags.quick ? 6 : 20));

async function main(): Promise<void> {
  const model = readAssets()?.modelPath;
  if (!model) throw new Error('There is no base model yet: run "npm run setup".');
  const python = await peerPython(cacheFolder());
  const folder = mkdtempSync(join(tmpdir(), 'retune-bench-'));
  try {
    const options = {
      updates,
      examplesPerUpdate: Number(flags.examples),
      heldOut: 16,
      rank: Number(flags.rank),
      seed: 1,
    };
    const limits = { threads: availableParallelism(), learningRate: 1e-3, maxTokens: 1024, microBatchTokens: 2048 };
    const { work, path, source } = await makeWork(model, folder, { ...options, ...limits });
    describe(work, source);
    const results: Record<Side, Measured[]> = { ours: [], padded: [], grouped: [], accumulated: [] };
    for (let round = 1; round <= rounds; round++) {
      for (const side of SIDES) {
        const result = await measure(side, python, path, work);
        results[side].push(result);
        const { tokensPerSecond, peakRssGb, heldOutLoss } = result;
        const memory = `${peakRssGb.toFixed(2)} GB at its peak`;
        console.log(
          `round ${round}/${rounds}  ${side.padEnd(11)} ${tokensPerSecond.toFixed(0)} tokens/s, ${memory}, held-out loss ${heldOutLoss.toFixed(4)}`,
        );
      }
    }
    report(work, results);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function describe({ items, rank, threads, batches }: Work, source: string): void {
  const lengths = items.map(({ prompt, completion }) => prompt.length + completion.length);
  const completion = sum(items.map((item) => item.completion.length));
  const shared = items.slice(1).reduce((same, { prompt }) => {
    const differs = prompt.findIndex((token, i) => token !== items[0]?.prompt[i]);
    return Math.min(same, differs < 0 ? prompt.length : differs);
  }, Infinity);
  console.log(
    `Dialogues: ${source}; ${items.length} of ${Math.min(...lengths)}–${Math.max(...lengths)} tokens (mean ${(sum(lengths) / items.length).toFixed(0)}),`,
  );
  console.log(
    `  ${((100 * completion) / sum(lengths)).toFixed(0)} % of them completion; all begin with the same ${shared} tokens of instructions.`,
  );
  console.log(
    `LoRA rank ${rank} on all linear layers; ${batches.length} updates of ${batches[0]?.length} dialogues; ${threads} threads.`,
  );
}

function report(work: Work, results: Record<Side, Measured[]>): void {
  const speed = (side: Side) => median(results[side].map(({ tokensPerSecond }) => tokensPerSecond));
  const best: Side = speed('padded') > speed('grouped') ? 'padded' : 'grouped';
  const ours = results.ours[0] as Measured;
  const peer = results.padded[0] as Measured;
  const memory = (side: Side) => Math.max(...results[side].map(({ peakRssGb }) => peakRssGb));
  const gflops = median(results.ours.map((result) => result.gflops ?? NaN));
  console.log(
    `The peer's best is ${best}. Its loss curve, same batches: ours differs by at most ${(100 * curveDistance(ours.losses, peer.losses)).toFixed(3)} % at any update.`,
  );
  const summary = {
    oursTokensPerSecond: round(speed('ours'), 1),
    peerTokensPerSecond: round(speed(best), 1),
    ratio: round(speed('ours') / speed(best), 2),
    ratioToPadded: round(speed('ours') / speed('padded'), 2),
    ratioToAccumulated: round(speed('ours') / speed('accumulated'), 2),
    oursPeakRssGb: round(memory('ours'), 2),
    peerPeakRssGb: round(memory(best), 2),
    peerAccumulatedRssGb: round(memory('accumulated'), 2),
    lossOurs: round(ours.heldOutLoss, 4),
    lossPeer: round(peer.heldOutLoss, 4),
    largestCurveDifference: round(curveDistance(ours.losses, peer.losses), 5),
    gflopsMeasured: round(gflops, 0),
    shareOfGflops: round(usefulRate(work, results.ours) / gflops, 2),
  };
  console.log(JSON.stringify(summary));
}

/** GFLOPS of the useful operations, over all updates but the first. */
function usefulRate(work: Work, runs: readonly Measured[]): number {
  const { config } = readModelShape(work.gguf);
  const { matrices } = adapterLayout(config, work.rank);
  const blockWeights = sum(matrices.map(({ inputs, outputs }) => inputs * outputs));
  const loraWidths = sum(matrices.map(({ inputs, outputs }) => inputs + outputs));
  const flops = work.batches.slice(1).map((batch) => {
    const packed = pack(
      batch.map((i) => {
        const item = work.items[i] as Work['items'][number];
        return { id: String(i), promptTokens: item.prompt, completionTokens: item.completion };
      }),
    );
    const pairs = packed.segments.flatMap(({ length, visible }) => {
      const before = sum(visible.map((range) => range.length));
      return length * before + (length * (length + 1)) / 2;
    });
    return usefulFlops({
      ...{ blockWeights, loraWidths, rank: work.rank, pairs: sum(pairs) },
      headWeights: config.vocabulary * config.width,
      attentionWidth: config.layers * config.heads * config.headWidth,
      rows: packed.tokens.length,
      targets: packed.targetRows.length,
    });
  });
  return median(runs.map(({ seconds }) => sum(flops) / sum(seconds.slice(1)) / 1e9));
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));

await main();
