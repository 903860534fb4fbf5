// The training loop: gradient, update, report, checkpoint. Everything else it needs is passed in.
import { LoraError } from '../lora-error.js';
import { free } from '../tensor/scope.js';
import { ADAMW_DEFAULTS, adamwUpdate, learningRateAt } from './adamw.js';
import { checkCompletions, completionsOf, stepItems, stepCount } from './batches.js';
import { nextEma } from './ema.js';
import { stepGradient, type StepGradient } from './gradient.js';
import { heldOutLoss, judge } from './held-out.js';
import { currentValues, freeRun, saveRun, startRun, type Run } from './run.js';
import type { StepReport, TrainOptions, TrainResult } from './settings.js';
import { withUpper } from './trunk.js';

/** Non-finite gradients in a row that end a run: by then nothing will mend itself. */
const MAX_BAD_STEPS = 5;

/**
 * Trains the adapter on the items.
 * @throws LoraError `train.nothing_to_learn`, `train.item_too_long`, `train.diverged` (5 non-finite gradients in a row),
 *   `train.cancelled` (by `signal`; the checkpoint is then of the last step), `checkpoint.write_failed`, `checkpoint.invalid`
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { model, adapter, items, heldOut, checkpoint, signal } = options;
  checkCompletions(items.flatMap(completionsOf), model.config.contextTokens);
  if (heldOut) checkCompletions(heldOut.items.flatMap(completionsOf), model.config.contextTokens);
  const run = await startRun(options);
  try {
    let stopped = hasStoppedEarly(run, options);
    while (run.step < run.steps && !stopped) {
      if (signal?.aborted) {
        if (checkpoint && run.step > 0) await saveRun(run, checkpoint.dir);
        throw new LoraError('train.cancelled', `The run was cancelled at step ${run.step} of ${run.steps}.`);
      }
      const report = await takeStep(run, options);
      const held = await evaluate(run, options);
      options.onStep?.(held === undefined ? report : { ...report, heldOutLoss: held });
      stopped = hasStoppedEarly(run, options) || (await isToStop(run, report, options));
      if (checkpoint && (isDue(run, checkpoint.everySteps) || stopped)) {
        await saveRun(run, checkpoint.dir);
      }
    }
    adapter.values.set(run.bestSoFar ? run.bestValues : await currentValues(run), run.trunk?.offset);
    return resultOf(run, options);
  } finally {
    freeRun(run);
  }
}

/** Every so many steps, and after the last one. */
const isDue = (run: Run, everySteps: number) => run.step % everySteps === 0 || run.step === run.steps;

const elapsed = (run: Run) => (run.now() - run.startedMs) / 1000;

async function takeStep(run: Run, { model, adapter, items, settings }: TrainOptions): Promise<StepReport> {
  const step = await stepGradient({
    model,
    adapter,
    flat: run.optimiser.values,
    items: stepItems(items, run.step, settings.examplesPerStep, settings.seed),
    microBatchTokens: settings.microBatchTokens,
    losses: settings.losses,
    reference: run.reference,
    penalty: run.anchor.penalty,
    trunk: run.trunk,
  });
  const learningRate = learningRateAt(run.step, run.steps, settings.learningRate, settings.warmupShare);
  update(run, step, learningRate, settings);
  free(step.gradient);
  run.step += 1;
  run.tokens += step.tokens;
  run.losses.push(step.loss);
  const tokensPerSecond = (run.tokens - run.tokensBefore) / elapsed(run);
  return {
    step: run.step,
    steps: run.steps,
    loss: step.loss,
    learningRate,
    gradientNorm: step.norm,
    tokens: run.tokens,
    tokensPerSecond,
    secondsLeft: ((run.steps - run.step) * (run.tokens / run.step)) / tokensPerSecond,
    skippedSteps: run.skippedSteps,
  };
}

/** One AdamW update, or none where the gradient is not finite: it would spoil the moments for good. */
function update(run: Run, step: StepGradient, learningRate: number, settings: TrainOptions['settings']): void {
  if (!Number.isFinite(step.norm) || !Number.isFinite(step.loss)) {
    countBadStep(run, step);
    return;
  }
  const { optimiser } = run;
  adamwUpdate(optimiser, step.gradient, step.norm, learningRate, { ...ADAMW_DEFAULTS, ...settings });
  if (run.ema) run.ema = nextEma(run.ema, optimiser.values, optimiser.updates, settings.emaDecay);
  run.badInARow = 0;
}

function countBadStep(run: Run, step: StepGradient): void {
  run.skippedSteps += 1;
  run.badInARow += 1;
  if (run.badInARow < MAX_BAD_STEPS) return;
  free(step.gradient);
  throw new LoraError(
    'train.diverged',
    `Training diverged: ${MAX_BAD_STEPS} steps in a row had no finite gradient. Lower the learning rate and run it again.`,
  );
}

/** The held-out loss when an evaluation is due; keeps the values when they are the best so far. */
async function evaluate(run: Run, { model, adapter, settings, heldOut }: TrainOptions): Promise<number | undefined> {
  if (!heldOut || !isDue(run, heldOut.everySteps)) return undefined;
  const values = await currentValues(run);
  const loss = await heldOutLoss(
    model,
    withUpper(adapter, values, run.trunk),
    heldOut.items,
    settings.losses,
    run.heldOutReference,
  );
  run.bestSoFar = judge(run.bestSoFar, loss, run.step);
  if (run.bestSoFar?.step === run.step) run.bestValues = values.slice();
  return loss;
}

function hasStoppedEarly({ bestSoFar }: Run, { heldOut }: TrainOptions): boolean {
  return heldOut !== undefined && bestSoFar !== null && bestSoFar.worseSince >= heldOut.patience;
}

/** Whether whoever asked for the run has enough; a run that is over isn't asked about. */
async function isToStop(run: Run, report: StepReport, { adapter, stopWhen }: TrainOptions): Promise<boolean> {
  if (!stopWhen || run.step >= run.steps) return false;
  return stopWhen(report, async () => {
    const values = adapter.values.slice();
    values.set(await currentValues(run), run.trunk?.offset);
    return values;
  });
}

function resultOf(run: Run, { items, settings }: TrainOptions): TrainResult {
  const { step, tokens, losses, skippedSteps, resumed, bestSoFar } = run;
  return {
    steps: step,
    tokens,
    seconds: elapsed(run),
    ...endLosses(losses, stepCount(items.length, settings.examplesPerStep, 1)),
    skippedSteps,
    resumed,
    best: bestSoFar && { loss: bestSoFar.loss, step: bestSoFar.step },
  };
}

/**
 * Mean loss over the first and over the last epoch, or half of the run where that is less. Single steps would compare different
 * examples: taught ones with rehearsal, easy ones with hard ones.
 */
function endLosses(losses: Run['losses'], stepsPerEpoch: number): { firstLoss: number; lastLoss: number } {
  const window = Math.max(1, Math.min(stepsPerEpoch, Math.ceil(losses.length / 2)));
  const mean = (of: Run['losses']) => of.reduce<number>((sum, loss) => sum + (loss ?? NaN), 0) / of.length;
  return { firstLoss: mean(losses.slice(0, window)), lastLoss: mean(losses.slice(-window)) };
}
