// npm run bench:continual [-- --quick] [--data DIR] [--out DIR] [--seeds N] [--threads N] [--arms a,b]: does the learner remember? A stream of tasks,
// learnt one after the other in several ways. The last line is one JSON object (bars.ts says what its numbers are).
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { parseEnvironment } from '../../../src/config/environment.js';
import { openEmbedder } from '../../../src/embedding/embedder.js';
import { settingsOf } from '../../../src/learning/runs/run-settings.js';
import { readAssets } from '../../../src/setup/assets.js';
import { say, showBar } from '../../demo/screen.js';
import { ARM_NAMES, ARMS, type ArmName } from './arms.js';
import { missedBars } from './bars.js';
import { collectFeedback, type Taught } from './feedback.js';
import { openLearner, type LearnerSettings } from './learner.js';
import { averageAccuracy } from './metrics.js';
import { openMemory } from './memory.js';
import { DATA_SETS, readDomains } from './questions.js';
import { matrixText, report, summary, type SeedResults } from './report.js';
import { matrixOf, openResults, type ArmResult } from './results.js';
import { makeStream, type StreamShape, type Task } from './stream.js';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    data: { type: 'string', default: DATA_SETS },
    out: { type: 'string' },
    seeds: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
    arms: { type: 'string' },
    epochs: { type: 'string' },
    rate: { type: 'string' },
  },
});

/** Intents × questions: an agent corrects 40 % of the badly answered ones. */
const SHAPES: Record<'quick' | 'full', StreamShape> = {
  quick: { tasks: 4, intentsPerTask: 4, askedPerIntent: 20, heldOutPerIntent: 10 },
  full: { tasks: 8, intentsPerTask: 5, askedPerIntent: 30, heldOutPerIntent: 15 },
};

/** The quick form passes less often over the examples than the service's rule wants. */
const QUICK_EPOCHS = 5;

async function main(): Promise<void> {
  const startedMs = Date.now();
  const assets = readAssets();
  if (!assets?.embeddingModel) throw new Error('There is no base or no embedding model yet: run "npm run setup".');
  const shape = SHAPES[flags.quick ? 'quick' : 'full'];
  const seeds = Number(flags.seeds ?? (flags.quick ? 1 : 3));
  const threads = Number(flags.threads);
  const { rank, alpha, learningRate, epochs } = settingsOf(parseEnvironment({}));
  const settings: LearnerSettings = {
    ...{ rank, alpha, threads },
    learningRate: flags.rate ? Number(flags.rate) : learningRate,
    epochs: flags.epochs ? Number(flags.epochs) : flags.quick ? QUICK_EPOCHS : epochs,
  };
  say(`LoRA rank ${rank}; ${settings.epochs ?? 'by rule'} epochs; ${threads} threads; ${seeds} seed(s).`);
  let arm = '';
  const learner = await openLearner(assets.modelPath, settings, ({ step, steps, loss, tokensPerSecond }) => {
    showBar(arm, step, steps, `  loss ${loss.toFixed(3)}, ${Math.round(tokensPerSecond)} tokens/s`);
  });
  const embedder = await openEmbedder(assets.embeddingModel, { threads });
  const domains = readDomains(flags.data);
  const all: SeedResults[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const stream = makeStream(domains, shape, seed);
    const memory = await openMemory(
      embedder,
      learner,
      stream.flatMap(({ asked, heldOut }) => [...asked, ...heldOut]),
    );
    const collected = collectFeedback(stream, memory.recall, seed);
    describe(stream, collected);
    // As the service does by default: a bare thumb down teaches no answer.
    const taught = collected.filter(({ kind }) => kind !== 'binary');
    const results = openResults(flags.out, { shape, seed, settings, model: assets.modelSha256 });
    const own: Partial<Record<ArmName, ArmResult>> = {};
    for (const name of wantedArms()) {
      arm = `seed ${seed}, ${name}`;
      own[name] = await results.get(`seed-${seed}-${name}`, () =>
        ARMS[name]({ learner, stream, taught, memory, seed, learntOnly: flags.quick }),
      );
      sayResult(arm, own[name]);
    }
    if (own.base) all.push({ ...own, base: own.base });
  }
  await embedder.close();
  await learner.close();
  say(`\n${report(all)}\n`);
  const result = summary(all, (Date.now() - startedMs) / 1000);
  const missed = missedBars(result);
  for (const sentence of missed) say(`Missed: ${sentence}`);
  say(JSON.stringify(result));
  process.exitCode = missed.length > 0 ? 1 : 0;
}

/** `--arms a,b` runs only these and the base, which the others are compared with. */
function wantedArms(): readonly ArmName[] {
  const wanted = flags.arms && ['base', ...flags.arms.split(',')];
  return wanted ? ARM_NAMES.filter((name) => wanted.includes(name)) : ARM_NAMES;
}

function describe(stream: readonly Task[], taught: readonly Taught[]): void {
  for (const [task, { name, asked, heldOut }] of stream.entries()) {
    const own = taught.filter((example) => example.task === task);
    const corrected = own.filter(({ sourceCorrectionId }) => sourceCorrectionId !== null).length;
    const liked = own.filter(({ kind, sourceCorrectionId }) => kind === 'sft' && sourceCorrectionId === null);
    const false_ = liked.filter(({ completion, question }) => completion !== question.fact).length;
    say(
      `Task ${task + 1}, ${name}: ${asked.length} asked, ${corrected} corrected, ${liked.length} liked (${false_} of them false), ` +
        `${own.length - corrected - liked.length} disliked only; ${heldOut.length} held out`,
    );
    const facts = new Map(asked.map(({ intent, fact }) => [intent, fact]));
    say(`  ${[...facts].map(([intent, fact]) => `${intent}: ${fact}`).join(' | ')}`);
  }
}

function sayResult(arm: string, { right, general, cost }: ArmResult): void {
  const r = matrixOf(right);
  say(matrixText(arm, r));
  const { nll, kl } = general;
  say(
    `  AA ${averageAccuracy(r).toFixed(3)}, general −log p ${nll.toFixed(4)}, KL ${kl.toFixed(4)}, ${cost.steps} steps, ` +
      `${cost.tokens} tokens, ${cost.seconds.toFixed(0)} s`,
  );
}

await main();
