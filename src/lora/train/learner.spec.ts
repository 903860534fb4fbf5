// The learner against PyTorch: log-probabilities, gradients, optimiser, packing. "The loss fell" would prove nothing.
import * as tf from '@tensorflow/tfjs-core';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGgufAdapter, writeGgufAdapter } from '../formats/gguf-adapter.js';
import { openGguf } from '../gguf/read.js';
import { loadLlama, type LlamaModel } from '../model/llama.js';
import { adapterLayout, createAdapter, type LoraAdapter } from '../model/lora.js';
import { openBackend } from '../tensor/backend.js';
import { floats, goldenItems, readGolden, relativeDistance, TINY_GGUF, type TinyGolden } from '../testing/golden.js';
import { rowsOf, type SftItem } from './batches.js';
import { readCheckpoint } from './checkpoint.js';
import { distilTargets } from './distil.js';
import { stepGradient } from './gradient.js';
import { pack } from './pack.js';
import { scoreCompletions } from './score.js';
import { train, TRAIN_DEFAULTS, type StepReport, type TrainSettings } from './train.js';

describe('the learner on a tiny random model', () => {
  const golden = readGolden<TinyGolden>('tiny.json');
  const items = goldenItems(golden);
  let model: LlamaModel;
  let folder: string;

  beforeAll(async () => {
    await openBackend();
    const gguf = openGguf(TINY_GGUF);
    model = loadLlama(gguf);
    gguf.close();
    folder = mkdtempSync(join(tmpdir(), 'retune-learner-'));
  });
  afterAll(() => {
    model.dispose();
    rmSync(folder, { recursive: true });
  });

  const goldenAdapter = (): LoraAdapter => {
    const { matrices } = adapterLayout(model.config, golden.rank);
    return { rank: golden.rank, alpha: golden.alpha, matrices, values: floats(golden.values) };
  };
  const gradientOf = async (adapter: LoraAdapter, of: readonly SftItem[], microBatchTokens: number) => {
    const flat = tf.tensor1d(adapter.values);
    const { gradient, loss, norm } = await stepGradient(model, adapter, flat, of, microBatchTokens);
    const values = (await gradient.data()) as Float32Array;
    tf.dispose([flat, gradient]);
    return { gradient: values, loss, norm };
  };

  it('gives the log-probabilities of transformers, packed or not', async () => {
    const scores = await scoreCompletions(model, undefined, items);
    scores.forEach((score, i) => {
      golden.baseLogProbs[i]?.forEach((expected, t) => expect(score.tokenLogProbs[t]).toBeCloseTo(expected, 4));
    });
  });

  it('gives the loss and every LoRA gradient of PyTorch within 1e-3 relative', async () => {
    const adapter = goldenAdapter();
    const { gradient, loss } = await gradientOf(adapter, items, 1024);
    expect(loss).toBeCloseTo(golden.loss, 5);
    const expected = floats(golden.gradient);
    const ends = adapter.matrices.flatMap(({ offsetA, offsetB }) => [offsetA, offsetB]).concat(expected.length);
    for (let i = 0; i + 1 < ends.length; i++) {
      const distance = relativeDistance(
        gradient.subarray(ends[i], ends[i + 1]),
        expected.subarray(ends[i], ends[i + 1]),
      );
      expect(distance).toBeLessThan(1e-3);
    }
  });

  it('gives the finite differences of its own loss', async () => {
    const adapter = goldenAdapter();
    const { gradient } = await gradientOf(adapter, items, 1024);
    const lossAt = async (index: number, shift: number) => {
      const moved = { ...adapter, values: adapter.values.slice() };
      moved.values[index] = (moved.values[index] as number) + shift;
      return (await gradientOf(moved, items, 1024)).loss;
    };
    const step = 1e-2;
    const largest = Math.max(...gradient.map(Math.abs));
    for (let index = 0; index < gradient.length; index += 397) {
      const slope = ((await lossAt(index, step)) - (await lossAt(index, -step))) / (2 * step);
      expect(Math.abs(slope - (gradient[index] as number))).toBeLessThan(0.02 * largest);
    }
  });

  it('has the same loss and gradient however examples are packed', async () => {
    const adapter = goldenAdapter();
    const together = await gradientOf(adapter, items, 1024);
    const alone = await gradientOf(adapter, items, 1);
    const twoPacks = await gradientOf(adapter, [...items].reverse(), 30);
    for (const other of [alone, twoPacks]) {
      expect(other.loss).toBeCloseTo(together.loss, 5);
      expect(relativeDistance(other.gradient, together.gradient)).toBeLessThan(1e-4);
    }
  });

  it('computes a shared prompt prefix once, and nothing else changes', async () => {
    const prefix = Array.from({ length: 20 }, (_, i) => (i * 37) % 96);
    const shared = items.map((item) => ({ ...item, promptTokens: [...prefix, ...item.promptTokens] }));
    expect(pack(shared).tokens.length).toBe(pack(items).tokens.length + prefix.length);
    const adapter = goldenAdapter();
    const together = await gradientOf(adapter, shared, 1024);
    const alone = await gradientOf(adapter, shared, 1);
    expect(together.loss).toBeCloseTo(alone.loss, 5);
    expect(relativeDistance(together.gradient, alone.gradient)).toBeLessThan(1e-4);
    const same = [shared[0], shared[0]].map((item) => ({ ...(item as SftItem), weight: 1 }));
    const twice = await gradientOf(adapter, same, 1024);
    expect(relativeDistance(twice.gradient, (await gradientOf(adapter, same.slice(0, 1), 1024)).gradient)).toBeLessThan(
      1e-4,
    );
  });

  it('computes the prompt that neighbours share once, beside what all share, and nothing else changes', async () => {
    const tokens = (seed: number, length: number) => Array.from({ length }, (_, i) => (seed + i * 29) % 96);
    const instructions = tokens(3, 12);
    const pairs = [1, 2].flatMap((prompt): SftItem[] =>
      [1, 2].map((answer) => ({
        kind: 'sft',
        id: `${prompt}/${answer}`,
        promptTokens: [...instructions, ...tokens(7 * prompt, 10 + prompt)],
        completionTokens: tokens(11 * prompt * answer, 3 + answer),
        weight: answer,
      })),
    );
    const alone = [...items.slice(0, 1), ...pairs].map((item) => ({
      ...item,
      promptTokens: item.id === '0' ? [...instructions, ...item.promptTokens] : item.promptTokens,
    }));
    const { segments, tokens: rows } = pack(alone);
    expect(segments.map(({ visible }) => visible.length)).toEqual([0, 1, 1, 2, 2, 1, 2, 2]);
    expect(rows.length).toBeLessThan(alone.reduce((sum, item) => sum + rowsOf([item]), 0) - 3 * 12 - 2 * 9);
    const adapter = goldenAdapter();
    const together = await gradientOf(adapter, alone, 1024);
    const apart = await gradientOf(adapter, alone, 1);
    expect(together.loss).toBeCloseTo(apart.loss, 5);
    expect(relativeDistance(together.gradient, apart.gradient)).toBeLessThan(1e-4);
  });

  it("follows torch's AdamW with clipping, warm-up and cosine, step by step", async () => {
    const adapter = goldenAdapter();
    const { steps, peak, warmupShare, clipNorm, weightDecay, losses, norms } = golden.curve;
    const reports: StepReport[] = [];
    const settings = {
      ...TRAIN_DEFAULTS,
      learningRate: peak,
      epochs: steps,
      examplesPerStep: 5,
      warmupShare,
      clipNorm,
      weightDecay,
    };
    await train({ model, adapter, items, settings, onStep: (report) => reports.push(report) });
    expect(reports).toHaveLength(steps);
    reports.forEach((report, i) => {
      expect(report.loss).toBeCloseTo(losses[i] as number, 3);
      expect(report.gradientNorm / (norms[i] as number)).toBeCloseTo(1, 2);
    });
    expect(relativeDistance(adapter.values, floats(golden.valuesAfter))).toBeLessThan(5e-3);
  });

  const quick: TrainSettings = { ...TRAIN_DEFAULTS, epochs: 4, examplesPerStep: 2, learningRate: 5e-3, seed: 3 };
  const fresh = () => createAdapter(model.config, { rank: 2, alpha: 4, seed: 1 });

  it('rehearses by distilling itself: no gradient at the start, and the distribution is held during a run', async () => {
    const [taught, kept] = [items.slice(0, 3), items.slice(3).map((item) => ({ ...item, distil: true }))];
    const targets = await distilTargets(model, goldenAdapter(), kept, 1024);
    const flat = tf.tensor1d(goldenAdapter().values);
    const atStart = await stepGradient(model, goldenAdapter(), flat, kept, 1024, targets);
    expect(atStart.norm).toBeLessThan(1e-4 * (await gradientOf(goldenAdapter(), items, 1024)).norm);
    tf.dispose([flat, atStart.gradient]);
    const drift = async (of: SftItem[]) => {
      const adapter = fresh();
      await train({
        model,
        adapter,
        items: of,
        settings: { ...quick, epochs: 40, examplesPerStep: 5, learningRate: 2e-2 },
      });
      const [before, after] = [
        await scoreCompletions(model, undefined, kept),
        await scoreCompletions(model, adapter, kept),
      ];
      return Math.max(...after.map((score, i) => Math.abs(score.logProb - (before[i]?.logProb as number))));
    };
    expect(await drift([...taught, ...kept])).toBeLessThan(0.5 * (await drift(taught)));
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

  it('writes an adapter as GGUF and reads the same one back; refuses other files and NaN', () => {
    const path = join(folder, 'adapter.gguf');
    const adapter = goldenAdapter();
    writeGgufAdapter(path, adapter, model.config);
    const back = readGgufAdapter(path, model.config);
    expect(back).toMatchObject({ rank: golden.rank, alpha: golden.alpha });
    expect([...back.values]).toEqual([...adapter.values]);
    expect(() => readGgufAdapter(TINY_GGUF, model.config)).toThrow(
      expect.objectContaining({ code: 'adapter.invalid' }),
    );
    const otherBase = { ...model.config, layers: 3 };
    expect(() => readGgufAdapter(path, otherBase)).toThrow(expect.objectContaining({ code: 'adapter.mismatch' }));
    adapter.values[7] = NaN;
    expect(() => writeGgufAdapter(path, adapter, model.config)).toThrow(
      expect.objectContaining({ code: 'adapter.invalid' }),
    );
  });
});
