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

  it('starts a new adapter as the base model, and repeats a run from its seed', async () => {
    const [base, adapted] = [
      await scoreCompletions(model, undefined, items),
      await scoreCompletions(model, fresh(), items),
    ];
    expect(adapted.map((score) => score.logProb)).toEqual(base.map((score) => score.logProb));
    const [first, second] = [fresh(), fresh()];
    for (const adapter of [first, second]) await train({ model, adapter, items, settings: quick });
    expect(relativeDistance(first.values, second.values)).toBeLessThan(1e-6);
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
});
