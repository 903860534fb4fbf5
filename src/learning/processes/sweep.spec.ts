import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LlamaModel } from '../../lora/model/llama.js';
import { createAdapter } from '../../lora/model/lora.js';
import { goldenItems, readGolden, type TinyGolden } from '../../lora/testing/golden.js';
import { loadTiny } from '../../lora/testing/tiny.js';
import { TRAIN_DEFAULTS } from '../../lora/train/settings.js';
import { carve, chosenRate, sweep, sweepSentence } from './sweep.js';

describe('chosenRate', () => {
  const tried = (low: number | null, rule: number | null, high: number | null) => [
    { learningRate: 1, loss: low },
    { learningRate: 2, loss: rule },
    { learningRate: 4, loss: high },
  ];

  it('keeps the rule’s rate unless another one is clearly better', () => {
    expect(chosenRate(tried(1.5, 1, 0.99), 2)).toBe(2);
    expect(chosenRate(tried(1.5, 1, 0.9), 2)).toBe(4);
    expect(chosenRate(tried(0.5, 1, 0.9), 2)).toBe(1);
  });

  it('never takes one that diverged, and leaves the rule’s when that did', () => {
    expect(chosenRate(tried(1, null, null), 2)).toBe(1);
    expect(chosenRate(tried(null, 1, null), 2)).toBe(2);
    expect(chosenRate(tried(null, null, null), 2)).toBe(2);
  });
});

describe('a sweep on a tiny random model', () => {
  const base = goldenItems(readGolden<TinyGolden>('tiny.json'));
  const items = Array.from({ length: 40 }, (_, i) => ({ ...(base[i % base.length] as (typeof base)[0]), id: `i${i}` }));
  const newIds = new Set(items.slice(0, 30).map(({ id }) => id));
  const settings = { ...TRAIN_DEFAULTS, epochs: 5, learningRate: 5e-3, seed: 4 };
  let model: LlamaModel;
  let folder: string;

  beforeAll(async () => {
    model = await loadTiny();
    folder = mkdtempSync(join(tmpdir(), 'retune-sweep-'));
  });
  afterAll(() => {
    model.dispose();
    rmSync(folder, { recursive: true });
  });

  const run = (name: string, isSpent: (tokens: number) => boolean = () => false) => {
    const adapter = createAdapter(model.config, { rank: 2, alpha: 4, seed: 1 });
    const before = adapter.values.slice();
    const options = { model, adapter, items, newIds, settings, path: join(folder, name), isSpent };
    const result = sweep({ ...options, signal: new AbortController().signal });
    return { result, unchanged: () => expect(adapter.values).toEqual(before) };
  };

  it('sets new examples aside, which no rate is trained on, the same ones for a seed', () => {
    const { validation, sample } = carve({ items, newIds, settings });
    expect(validation).toHaveLength(3);
    expect(validation.every(({ id }) => newIds.has(id))).toBe(true);
    expect(sample.filter((item) => validation.includes(item))).toEqual([]);
    // 37 examples, 5 passes, a tenth of that.
    expect(sample).toHaveLength(19);
    expect(carve({ items, newIds, settings })).toEqual({ validation, sample });
    expect(carve({ items, newIds, settings: { ...settings, seed: 5 } }).validation).not.toEqual(validation);
  });

  it('tries three rates, leaves the start as it was, and chooses the same again, also without computing', async () => {
    const { result, unchanged } = run('a.json');
    const swept = await result;
    unchanged();
    expect(swept.tried.map(({ learningRate }) => learningRate)).toEqual([2.5e-3, 5e-3, 1e-2]);
    expect(new Set(swept.tried.map(({ loss }) => loss)).size).toBe(3);
    expect(swept.tokens).toBeGreaterThan(0);
    expect(await run('b.json').result).toEqual(swept);
    expect(await run('a.json', () => true).result).toEqual(swept);
    expect(sweepSentence(swept)).toMatch(/^Learning rate [\d.]+, chosen by a short sweep/);
  });

  it('ends with its budget, and takes the rule’s rate', async () => {
    const swept = await run('c.json', () => true).result;
    expect(swept).toMatchObject({ tried: [], learningRate: 5e-3, complete: false });
    expect(existsSync(join(folder, 'c.json'))).toBe(true);
    expect(sweepSentence(swept)).toBe("The budget ended the sweep of learning rates; 0.005 is the rule's.");
  });
});
