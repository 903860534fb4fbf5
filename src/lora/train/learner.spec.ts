// The learner against PyTorch: log-probabilities, gradients, optimiser, packing. "The loss fell" would prove nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGgufAdapter, writeGgufAdapter } from '../formats/gguf-adapter.js';
import type { LlamaModel } from '../model/llama.js';
import { createAdapter, type LoraAdapter } from '../model/lora.js';
import { floats, goldenItems, readGolden, relativeDistance, TINY_GGUF, type TinyGolden } from '../testing/golden.js';
import { gradientOf as stepOf } from '../testing/gradient.js';
import { loadTiny, tinyAdapter } from '../testing/tiny.js';
import { rowsOf, type SftItem } from './batches.js';
import { pack } from './pack.js';
import { scoreCompletions } from './score.js';
import { TRAIN_DEFAULTS, type StepReport, type TrainSettings } from './settings.js';
import { train } from './train.js';

describe('the learner on a tiny random model', () => {
  const golden = readGolden<TinyGolden>('tiny.json');
  const items = goldenItems(golden);
  let model: LlamaModel;
  let folder: string;

  beforeAll(async () => {
    model = await loadTiny();
    folder = mkdtempSync(join(tmpdir(), 'retune-learner-'));
  });
  afterAll(() => {
    model.dispose();
    rmSync(folder, { recursive: true });
  });

  const goldenAdapter = () => tinyAdapter(model);
  const gradientOf = (adapter: LoraAdapter, of: readonly SftItem[], microBatchTokens: number) =>
    stepOf(model, adapter, of, { microBatchTokens });

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
    const [taught, kept] = [items.slice(0, 3), items.slice(3).map((item) => ({ ...item, distil: 'start' as const }))];
    const atStart = await stepOf(model, goldenAdapter(), kept);
    expect(atStart.norm).toBeLessThan(1e-4 * (await stepOf(model, goldenAdapter(), items)).norm);
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

  it('can rehearse what the base model does, wherever the run starts', async () => {
    const rehearse = (distil: 'start' | 'base') => items.map((item) => ({ ...item, distil }));
    const anchored = await stepOf(model, goldenAdapter(), rehearse('base'));
    const startedThere = await stepOf(model, goldenAdapter(), rehearse('start'), { start: fresh() });
    expect(relativeDistance(anchored.gradient, startedThere.gradient)).toBeLessThan(1e-4);
    expect(anchored.norm).toBeGreaterThan(100 * (await stepOf(model, goldenAdapter(), rehearse('start'))).norm);
  });

  it('keepStart is a KL-to-champion term: the gradient is 1 − κ of SFT and κ of distilling the start', async () => {
    const [adapter, start] = [goldenAdapter(), { ...goldenAdapter(), values: floats(golden.values).map((v) => v / 2) }];
    const mixed = await stepOf(model, adapter, items, { start, keepStart: 0.25 });
    const sft = await stepOf(model, adapter, items);
    const distilled = items.map((item) => ({ ...item, distil: 'start' as const }));
    const champion = await stepOf(model, adapter, distilled, { start });
    expect(mixed.loss).toBeCloseTo(0.75 * sft.loss + 0.25 * champion.loss, 5);
    const expected = sft.gradient.map((g, i) => 0.75 * g + 0.25 * (champion.gradient[i] as number));
    expect(relativeDistance(mixed.gradient, expected)).toBeLessThan(1e-4);
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
