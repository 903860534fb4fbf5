// A short sweep of learning rates before a run that has the examples for it: each rate trains for a tenth of the steps, and is
// judged by new examples that it wasn't shown. A short run favours high rates (Wu et al. 2018, "Understanding short-horizon
// bias"), so another rate than the rule's must win clearly, and none above twice the rule's is tried.
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeAtomically } from '../../lora/atomic-write.js';
import type { LlamaModel } from '../../lora/model/llama.js';
import type { LoraAdapter } from '../../lora/model/lora.js';
import { deriveSeed, seededRandom, shuffled } from '../../lora/random.js';
import type { TrainingItem } from '../../lora/train/batches.js';
import type { TrainSettings } from '../../lora/train/settings.js';
import { train } from '../../lora/train/train.js';
import { meanNll } from './measure.js';
import { taughtCompletions } from './training-items.js';

/** New examples from which a sweep is worth its time. */
export const SWEEP_EXAMPLES_MIN = 200;
/** Rates tried, as multiples of the rule's. */
const FACTORS = [0.5, 1, 2] as const;
/** Share of the run's steps that each of them trains for. */
const STEPS_SHARE = 0.1;
/** New examples set aside to judge the rates; learnt in the run itself like all others. */
const VALIDATION = { share: 0.1, max: 64 } as const;
/** Share of the run's budget that it may use. */
export const SWEEP_BUDGET_SHARE = 0.3;
/** Share of its loss by which another rate must beat the rule's. */
const CLEARLY = 0.02;
/** Streams of the run's seed that are the sweep's own. */
const STREAM = { validation: 901, sample: 902 } as const;

const sweptSchema = z.object({
  tried: z.array(z.object({ learningRate: z.number(), loss: z.number().nullable() })),
  learningRate: z.number(),
  tokens: z.number().int(),
  /** False when the budget ended it: the rule's rate is then taken. */
  complete: z.boolean(),
});
export type Swept = z.infer<typeof sweptSchema>;

export interface SweepOptions {
  model: LlamaModel;
  /** Where the run starts; never changed here. */
  adapter: LoraAdapter;
  items: readonly TrainingItem[];
  /** Ids of what is new. */
  newIds: ReadonlySet<string>;
  /** The run's, with the rule's rate. */
  settings: TrainSettings;
  /** Where the outcome is kept, so that a run that goes on after a crash goes on with the same rate. */
  path: string;
  /** True ends it: the budget is spent. Given the tokens so far. */
  isSpent: (tokens: number) => boolean;
  signal: AbortSignal;
}

/**
 * Tries the rates and chooses one; what was chosen before is chosen again.
 * @throws LoraError `train.cancelled`
 */
export async function sweep(options: SweepOptions): Promise<Swept> {
  const { path } = options;
  if (existsSync(path)) return sweptSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const swept = await tryAll(options);
  writeAtomically(path, [Buffer.from(JSON.stringify(swept))]);
  return swept;
}

async function tryAll(options: SweepOptions): Promise<Swept> {
  const { model, adapter, settings, isSpent, signal } = options;
  const { sample, validation } = carve(options);
  const judged = taughtCompletions(validation);
  const epochs = Math.max(1, Math.round(settings.epochs * STEPS_SHARE));
  const tried: Swept['tried'] = [];
  let tokens = 0;
  for (const factor of FACTORS) {
    const learningRate = settings.learningRate * factor;
    const own = { ...adapter, values: adapter.values.slice() };
    const before = tokens;
    const stopWhen = (report: { tokens: number }) => isSpent(before + report.tokens);
    const short = { ...settings, learningRate, epochs };
    tokens += (await train({ model, adapter: own, items: sample, settings: short, stopWhen, signal })).tokens;
    if (isSpent(tokens)) return { tried, learningRate: settings.learningRate, tokens, complete: false };
    const loss = await meanNll(model, own, judged);
    tried.push({ learningRate, loss: Number.isFinite(loss) ? loss : null });
  }
  return { tried, learningRate: chosenRate(tried, settings.learningRate), tokens, complete: true };
}

/** Seeded: some new examples to judge by, and of the others a tenth of what the whole run would go through. */
export function carve({ items, newIds, settings }: Pick<SweepOptions, 'items' | 'newIds' | 'settings'>) {
  const random = (stream: number) => seededRandom(deriveSeed(settings.seed, stream));
  const fresh = shuffled(
    items.filter((item) => newIds.has(item.id) && item.kind !== 'binary'),
    random(STREAM.validation),
  );
  const count = Math.min(VALIDATION.max, Math.ceil(fresh.length * VALIDATION.share));
  const validation = fresh.slice(0, count);
  const rest = items.filter((item) => !validation.includes(item));
  const size = Math.min(rest.length, Math.ceil(rest.length * settings.epochs * STEPS_SHARE));
  return { validation, sample: shuffled(rest, random(STREAM.sample)).slice(0, size) };
}

/** The rule's rate, unless another one is clearly better; a rate that diverged is out. */
export function chosenRate(tried: Swept['tried'], byRule: number): number {
  const lossOf = (rate: number) => tried.find(({ learningRate }) => learningRate === rate)?.loss ?? Infinity;
  const best = tried.reduce((a, b) => ((b.loss ?? Infinity) < (a.loss ?? Infinity) ? b : a), {
    learningRate: byRule,
    loss: lossOf(byRule),
  });
  return (best.loss ?? Infinity) < lossOf(byRule) * (1 - CLEARLY) ? best.learningRate : byRule;
}

/** For the report. */
export function sweepSentence({ tried, learningRate, complete }: Swept): string {
  if (!complete) return `The budget ended the sweep of learning rates; ${learningRate} is the rule's.`;
  const list = tried.map(({ learningRate: rate, loss }) => `${rate} → ${loss === null ? 'diverged' : loss.toFixed(3)}`);
  return `Learning rate ${learningRate}, chosen by a short sweep (loss on examples set aside: ${list.join(', ')}).`;
}
