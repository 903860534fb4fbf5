// The training loop: repeatable, resumable, bounded; what it does with bad steps, held-out examples and averages.
import * as tf from '@tensorflow/tfjs-core';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LlamaModel } from '../model/llama.js';
import { createAdapter } from '../model/lora.js';
import { goldenItems, readGolden, relativeDistance, type TinyGolden } from '../testing/golden.js';
import { loadTiny } from '../testing/tiny.js';
import type { SftItem } from './batches.js';
import { readCheckpoint } from './checkpoint.js';
import { scoreCompletions } from './score.js';
import { TRAIN_DEFAULTS, type StepReport, type TrainSettings } from './settings.js';
import { train } from './train.js';

describe('the training loop on a tiny random model', () => {
  const items = goldenItems(readGolden<TinyGolden>('tiny.json'));
  const quick: TrainSettings = { ...TRAIN_DEFAULTS, epochs: 4, examplesPerStep: 2, learningRate: 5e-3, seed: 3 };
  const fresh = () => createAdapter(model.config, { rank: 2, alpha: 4, seed: 1 });
  let model: LlamaModel;
  let folder: string;

  beforeAll(async () => {
    model = await loadTiny();
    folder = mkdtempSync(join(tmpdir(), 'retune-train-'));
  });
  afterAll(() => {
    model.dispose();
    rmSync(folder, { recursive: true });
  });

  it('tells the loss of whole epochs: of the first and of the last', async () => {
    const losses: number[] = [];
    const settings = { ...quick, epochs: 3 };
    const onStep = ({ loss }: StepReport) => losses.push(loss);
    const { firstLoss, lastLoss } = await train({ model, adapter: fresh(), items, settings, onStep });
    const perEpoch = losses.length / 3;
    const mean = (of: number[]) => of.reduce((sum, loss) => sum + loss, 0) / of.length;
    expect(perEpoch).toBeGreaterThan(1);
    expect(firstLoss).toBeCloseTo(mean(losses.slice(0, perEpoch)), 6);
    expect(lastLoss).toBeCloseTo(mean(losses.slice(-perEpoch)), 6);
  });

  it('starts a new adapter as the base model, and repeats a run from its seed', async () => {
    const [base, adapted] = [
      await scoreCompletions(model, undefined, items),
      await scoreCompletions(model, fresh(), items),
    ];
    expect(adapted.map((score) => score.logProb)).toEqual(base.map((score) => score.logProb));
    const [first, second] = [fresh(), fresh()];
    for (const adapter of [first, second]) await train({ model, adapter, items, settings: quick });
    expect(first.values).toEqual(second.values); // bit for bit
    expect(relativeDistance(first.values, fresh().values)).toBeGreaterThan(0.01);
  });

  it('goes on from a checkpoint to the same adapter as an uninterrupted run', async () => {
    const whole = fresh();
    await train({ model, adapter: whole, items, settings: quick });
    const checkpoint = { dir: join(folder, 'resume'), everySteps: 1 };
    const stop = new AbortController();
    const stopAfterFive = (report: StepReport) => report.step === 5 && stop.abort();
    const cancelled = train({
      model,
      adapter: fresh(),
      items,
      settings: quick,
      checkpoint,
      signal: stop.signal,
      onStep: stopAfterFive,
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'train.cancelled' });
    const resumed = fresh();
    const result = await train({ model, adapter: resumed, items, settings: quick, checkpoint });
    expect(result.resumed).toBe(true);
    expect(relativeDistance(resumed.values, whole.values)).toBeLessThan(1e-6);
    expect(() => readCheckpoint(checkpoint.dir, 'another run')).toThrow(
      expect.objectContaining({ code: 'checkpoint.invalid' }),
    );
  });

  it('says that a checkpoint cannot be written', async () => {
    const dir = join(folder, 'a-file');
    writeFileSync(dir, '');
    const run = train({ model, adapter: fresh(), items, settings: quick, checkpoint: { dir, everySteps: 1 } });
    await expect(run).rejects.toMatchObject({ code: 'checkpoint.write_failed' });
  });

  it('keeps no tensor after a step', async () => {
    const counts: number[] = [];
    const before = tf.memory().numTensors;
    await train({ model, adapter: fresh(), items, settings: quick, onStep: () => counts.push(tf.memory().numTensors) });
    expect(new Set(counts.slice(1)).size).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('ends a run that diverges, with a reason', async () => {
    const broken = fresh();
    broken.values.fill(NaN);
    await expect(train({ model, adapter: broken, items, settings: quick })).rejects.toMatchObject({
      code: 'train.diverged',
    });
  });

  it('refuses empty data and examples beyond the context window', async () => {
    const long: SftItem = {
      kind: 'sft',
      id: 'long',
      promptTokens: Array<number>(200).fill(1),
      completionTokens: [1],
      weight: 1,
    };
    await expect(train({ model, adapter: fresh(), items: [], settings: quick })).rejects.toMatchObject({
      code: 'train.nothing_to_learn',
    });
    await expect(train({ model, adapter: fresh(), items: [long], settings: quick })).rejects.toMatchObject({
      code: 'train.item_too_long',
    });
  });

  it('skips a step whose gradient is not finite, counts it, and goes on', async () => {
    const broken: SftItem = { ...(items[0] as SftItem), id: 'broken', weight: Infinity };
    const adapter = fresh();
    const reports: StepReport[] = [];
    const settings = { ...quick, epochs: 2, examplesPerStep: 1 };
    const onStep = (report: StepReport) => reports.push(report);
    const result = await train({ model, adapter, items: [...items.slice(0, 3), broken], settings, onStep });
    expect(result.skippedSteps).toBe(2);
    expect(reports.filter(({ gradientNorm }) => !Number.isFinite(gradientNorm))).toHaveLength(2);
    expect(reports.at(-1)?.skippedSteps).toBe(2);
    expect(adapter.values.every(Number.isFinite)).toBe(true);
    expect(relativeDistance(adapter.values, fresh().values)).toBeGreaterThan(0.01);
  });

  it('gives up after 5 such steps in a row, also when a kill came between them', async () => {
    const broken = [1, 2, 3].map((id): SftItem => ({ ...(items[0] as SftItem), id: `${id}`, weight: Infinity }));
    const options = {
      model,
      items: broken,
      settings: { ...quick, epochs: 3, examplesPerStep: 1 },
      checkpoint: { dir: join(folder, 'bad'), everySteps: 1 },
    };
    const stop = new AbortController();
    const onStep = ({ step }: StepReport) => step === 3 && stop.abort();
    const first = train({ ...options, adapter: fresh(), signal: stop.signal, onStep });
    await expect(first).rejects.toMatchObject({ code: 'train.cancelled' });
    const steps: number[] = [];
    const second = train({ ...options, adapter: fresh(), onStep: ({ step }) => steps.push(step) });
    await expect(second).rejects.toMatchObject({ code: 'train.diverged', message: /5 steps in a row/ });
    expect(steps).toEqual([4]);
  });

  it('gives the moving average of the adapter when one is kept', async () => {
    const [last, averaged] = [fresh(), fresh()];
    const seen: Float32Array[] = [];
    for (let epochs = 1; epochs <= 2; epochs++) {
      // A constant learning rate would do; a run's end is the way to see its values.
      const adapter = fresh();
      const settings = { ...quick, epochs, examplesPerStep: items.length, warmupShare: 1 };
      await train({ model, adapter, items, settings: { ...settings, learningRate: 5e-3 * epochs } });
      seen.push(adapter.values);
    }
    const settings = { ...quick, epochs: 2, examplesPerStep: items.length, warmupShare: 1, learningRate: 1e-2 };
    await train({ model, adapter: last, items, settings });
    await train({ model, adapter: averaged, items, settings: { ...settings, emaDecay: 0.9 } });
    // d = 2/11 after the first update, 3/12 after the second.
    const [one, two] = seen as [Float32Array, Float32Array];
    const start = fresh().values;
    const expected = two.map((value, i) => {
      const afterOne = (2 / 11) * (start[i] as number) + (9 / 11) * (one[i] as number);
      return 0.25 * afterOne + 0.75 * value;
    });
    expect(relativeDistance(averaged.values, expected)).toBeLessThan(1e-5);
    expect(relativeDistance(averaged.values, last.values)).toBeGreaterThan(1e-3);
  });

  it('stops when held-out examples get worse, with the best values it met', async () => {
    const adapter = fresh();
    const [taught, heldOut] = [items.slice(0, 2), items.slice(2)];
    const losses: number[] = [];
    const result = await train({
      model,
      adapter,
      items: taught,
      settings: { ...quick, epochs: 60, learningRate: 3e-2 },
      heldOut: { items: heldOut, everySteps: 2, patience: 3 },
      onStep: ({ heldOutLoss }) => heldOutLoss !== undefined && losses.push(heldOutLoss),
    });
    const best = Math.min(...losses);
    expect(result.best?.loss).toBe(best);
    expect(result.steps).toBe((result.best?.step ?? 0) + 2 * 3);
    expect(result.steps).toBeLessThan(60);
    const scores = await scoreCompletions(model, adapter, heldOut);
    const weighted = scores.map(({ logProb }, i) => -logProb * (heldOut[i] as SftItem).weight);
    const tokens = heldOut.map(({ weight, completionTokens }) => weight * completionTokens.length);
    const sum = (of: number[]) => of.reduce((a, b) => a + b, 0);
    expect(sum(weighted) / sum(tokens)).toBeCloseTo(best, 4);
  });

  it.each(['l2-sp', 'ewc'] as const)('%s holds the adapter near its start, the more the stronger', async (kind) => {
    const distance = async (strength: number) => {
      const adapter = fresh();
      const regulariser = { kind, strength, items };
      await train({ model, adapter, items, settings: quick, regulariser });
      const start = fresh().values;
      return Math.hypot(...adapter.values.map((value, i) => value - (start[i] as number)));
    };
    const [free, held] = [await distance(0), await distance(300)];
    expect(held).toBeLessThan(0.8 * free);
  });
});
