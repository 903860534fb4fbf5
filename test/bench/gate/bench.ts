// `npm run bench:gate [-- --out FOLDER --threads N]`: does the gate stop what must not reach a customer, and let through what should? A champion is trained that
// knows two intents; then two dozen bad and a dozen good candidates are made from it with the learner, or by spoiling one, and judged by the
// gate's own code on the answers of the serving engine. "Promoted" means that the gate passed it. The evidence goes into the folder, if one is
// named. The last line is JSON; the exit code is 1 when a bar is missed.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { judge } from '../../../src/learning/gate/judge.js';
import type { GateReport } from '../../../src/learning/gate/report.js';
import { LoraError } from '../../../src/lora/lora-error.js';
import type { LoraAdapter } from '../../../src/lora/model/lora.js';
import { readAssets } from '../../../src/setup/assets.js';
import { say } from '../../demo/screen.js';
import { temporaryFolder } from '../../support/service.js';
import { Respondent } from './ask.js';
import { Examiner, type Candidate } from './examine.js';
import { BAD, GOOD, UNTRAINED, type Recipe } from './recipes.js';
import { KNOWN, rehearsal, source, taught } from './world.js';
import { Workshop, type Made } from './workshop.js';

const GOOD_SHARE_MIN = 0.9;
/** Right on this share of all held-out questions: noise in the labels did no harm. */
const HARMLESS_FROM = 0.9;

const assets = readAssets();
if (!assets) throw new Error('Run `npm run setup` first.');
const startedMs = Date.now();
const folder = await temporaryFolder();
const { out: evidenceFolder, threads: wanted } = parseArgs({
  options: { out: { type: 'string' }, threads: { type: 'string' } },
}).values;
const threads = Number(wanted ?? availableParallelism());
if (evidenceFolder) mkdirSync(evidenceFolder, { recursive: true });
const { modelPath, modelSha256 } = assets;
const base = { modelPath, modelSha256 };
const workshop = await Workshop.open(base, folder, threads);
const respondent = await Respondent.open(base, threads);
try {
  await bench();
} finally {
  await respondent.close();
  await workshop.close();
  rmSync(folder, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  say(`The gate on ${source}. Champion: ${KNOWN.join(' and ')} …`);
  const known = KNOWN.flatMap((intent) => taught(intent, 10));
  const champion = await workshop.teach({ items: [...known, ...rehearsal()] });
  const examiner = new Examiner(base, respondent, workshop.write('champion', champion.adapter));
  const [first] = GOOD as [Recipe];
  const model = await workshop.teach({ ...(first.lesson ?? { items: [] }), start: champion.adapter });
  const counts = { bad: 0, badPromoted: 0, good: 0, goodPromoted: 0, harmless: 0 };
  for (const recipe of inTurns(GOOD, [...BAD, UNTRAINED])) {
    const made = recipe === first ? model : await make(recipe, champion, model);
    if (made instanceof LoraError) {
      counts[recipe.kind] += 1;
      say(`  ${recipe.kind.padEnd(4)} ${recipe.name.padEnd(24)} no adapter: ${made.message}`);
      continue;
    }
    const candidate = candidateOf(recipe, made, champion.adapter);
    const evidence = await examiner.examine(candidate);
    const report = judge(evidence);
    if (evidenceFolder)
      writeFileSync(join(evidenceFolder, `${recipe.name}.json`), JSON.stringify({ recipe, evidence }));
    const promoted = report.verdict === 'passed';
    const truth = recipe.byTruth ? await examiner.truth(candidate) : 0;
    say(lineOf(recipe, report, promoted, truth));
    if (truth >= HARMLESS_FROM) counts.harmless += 1;
    else {
      counts[recipe.kind] += 1;
      if (promoted) counts[`${recipe.kind}Promoted`] += 1;
    }
  }
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  const goodShare = counts.goodPromoted / counts.good;
  if (counts.badPromoted > 0) say(`MISSED: ${counts.badPromoted} bad candidates were promoted.`);
  if (goodShare < GOOD_SHARE_MIN) say(`MISSED: only ${counts.goodPromoted} of ${counts.good} good ones were promoted.`);
  console.log(JSON.stringify({ ...counts, seconds }));
  process.exitCode = counts.badPromoted > 0 || goodShare < GOOD_SHARE_MIN ? 1 : 0;
}

/** One of each by turns, so that a run that is looked at early has seen both. */
function inTurns(good: readonly Recipe[], bad: readonly Recipe[]): Recipe[] {
  return Array.from({ length: Math.max(good.length, bad.length) }, (_, i) =>
    [good[i], bad[i]].filter((one) => one !== undefined),
  ).flat();
}

/** Trained as told, or the first good one spoilt; the error where the learner itself gives up, which ends a run as failed. */
async function make(recipe: Recipe, champion: Made, model: Made): Promise<Made | LoraError> {
  if (recipe === UNTRAINED)
    return { ...champion, items: model.items, firstLoss: model.firstLoss, lastLoss: model.firstLoss };
  if (!recipe.lesson) return recipe.change ? { ...model, adapter: recipe.change(model.adapter) } : model;
  const { fresh, ...lesson } = recipe.lesson;
  try {
    return await workshop.teach({ ...lesson, start: fresh ? undefined : champion.adapter });
  } catch (error) {
    if (error instanceof LoraError) return error;
    throw error;
  }
}

function candidateOf(recipe: Recipe, { adapter, ...made }: Made, champion: LoraAdapter): Candidate {
  const whole = workshop.write(recipe.name, adapter, recipe.baseSha256);
  const path = recipe.file ? `${whole}.spoilt` : whole;
  recipe.file?.(whole, path);
  return { ...made, path, intents: recipe.intents, measure: () => workshop.measure(champion, adapter) };
}

/** The numbers that tell whether it really is what its name says, then what the gate made of it. */
function lineOf(
  { kind, name, byTruth }: Recipe,
  { verdict, target, earlier, general, overConfident, reasons }: GateReport,
  promoted: boolean,
  truth: number,
): string {
  const isHarmless = truth >= HARMLESS_FROM;
  const right = isHarmless || promoted === (kind === 'good') ? ' ' : '!';
  const numbers = [
    `new ${target.candidateRight}/${target.items}`,
    `earlier ${earlier.candidateRight}/${earlier.items} (before ${earlier.parentRight})`,
    `general ${(100 * general.increase).toFixed(1)} %`,
    `KL ${general.klToParent.toFixed(3)}/${general.klToBase.toFixed(3)}`,
    ...(byTruth ? [`in truth ${Math.round(100 * truth)} %${isHarmless ? ', so harmless' : ''}`] : []),
    `out of scope ${overConfident.candidate}/${overConfident.questions} (before ${overConfident.parent})`,
  ].join(', ');
  return `${right} ${kind.padEnd(4)} ${name.padEnd(24)} ${verdict.padEnd(19)} ${numbers}${reasons[0] ? `\n    ${reasons.join(' ')}` : ''}`;
}
