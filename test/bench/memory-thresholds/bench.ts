// `npm run bench:memory-thresholds`: how alike two questions must be for the memory. Half of the intents are remembered, five questions
// each; asked are held-out paraphrases of these, questions of the other half (near misses) and such as are out of scope. Thresholds
// are chosen on every second question and checked on the others. The last line is one JSON object.
import { performance } from 'node:perf_hooks';
import { openEmbedder } from '../../../src/embedding/embedder.js';
import { nearest } from '../../../src/memory/nearest.js';
import { FEW_SHOT_MIN, VERBATIM_MIN } from '../../../src/memory/thresholds.js';
import { readAssets } from '../../../src/setup/assets.js';
import { at, bestF1, lowestPrecise, type Asked } from './measure.js';
import { loadCorpora, type Corpus } from './questions.js';

const ENTRIES_EACH = 5;
const PRECISION_MIN = 0.99;
const GRID = Array.from({ length: 101 }, (_, i) => Math.round(1000 * (0.5 + i * 0.005)) / 1000);
const SHOWN = [0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.88, 0.9, 0.92, 0.94, 0.95, 0.96, 0.98];

const { embeddingModel } = readAssets() ?? {};
if (!embeddingModel) throw new Error('Run `npm run setup` first.');
const embedder = await openEmbedder(embeddingModel, { threads: 1 });
const latenciesMs: number[] = [];

async function embed(text: string): Promise<Float32Array> {
  const begin = performance.now();
  const [embedding] = await embedder.embed([text]);
  latenciesMs.push(performance.now() - begin);
  if (!embedding) throw new Error('no embedding');
  return embedding;
}

async function ask({ train, test }: Corpus): Promise<Asked[]> {
  const intents = [...new Set(train.map(({ intent }) => intent))];
  const remembered = new Set(intents.filter((_, i) => i % 2 === 0));
  const entries = [];
  for (const intent of remembered) {
    for (const { text } of train.filter((each) => each.intent === intent).slice(0, ENTRIES_EACH)) {
      entries.push({ intent, question: await embed(text), context: undefined });
    }
  }
  const asked: Asked[] = [];
  for (const { text, intent } of test) {
    const [best] = nearest({ question: await embed(text), context: undefined }, entries, { min: 0, count: 1 });
    const isRight = intent !== undefined && best?.entry.intent === intent;
    asked.push({ score: best?.score ?? 0, isRight, isKnown: remembered.has(intent) });
  }
  return asked;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(7);
const half = (asked: readonly Asked[], rest: number) => asked.filter((_, i) => i % 2 === rest);

const all: Asked[] = [];
const high: number[] = [];
for (const corpus of loadCorpora()) {
  const asked = await ask(corpus);
  all.push(...asked);
  high.push(lowestPrecise(GRID, half(asked, 0), PRECISION_MIN));
  const known = asked.filter(({ isKnown }) => isKnown).length;
  console.log(`\n${corpus.name}: ${asked.length} questions, ${known} of them of a remembered intent`);
  console.log('threshold  served  precision  recall     F1');
  for (const row of SHOWN.map((threshold) => at(threshold, asked))) {
    const { threshold, served, precision, recall, f1 } = row;
    console.log(
      `${threshold.toFixed(2).padStart(9)}  ${String(served).padStart(6)}  ${percent(precision).padStart(9)} ${percent(recall)}  ${f1.toFixed(3)}`,
    );
  }
}
await embedder.close();

const verbatimMin = Math.max(...high);
const fewShotMin = bestF1(GRID, half(all, 0));
const checked = at(verbatimMin, half(all, 1));
const inUse = at(VERBATIM_MIN, all);
const medianMs = latenciesMs.sort((a, b) => a - b)[Math.floor(latenciesMs.length / 2)] ?? 0;
console.log(
  `\nVerbatim from ${verbatimMin}: precision ${percent(checked.precision)}, recall ${percent(checked.recall)} on the other half.`,
);
console.log(`Few-shot from ${fewShotMin} (best F1).`);
console.log(
  `In use: ${VERBATIM_MIN} (precision ${percent(inUse.precision)} on all) and ${FEW_SHOT_MIN}. A question is embedded in ${medianMs.toFixed(1)} ms (median, one thread).`,
);
const rounded = (x: number) => Math.round(x * 10_000) / 10_000;
console.log(
  JSON.stringify({
    verbatimMin,
    fewShotMin,
    precision: rounded(checked.precision),
    recall: rounded(checked.recall),
    precisionInUse: rounded(inUse.precision),
    embedMsMedian: rounded(medianMs),
  }),
);
process.exitCode = inUse.precision >= PRECISION_MIN ? 0 : 1;
