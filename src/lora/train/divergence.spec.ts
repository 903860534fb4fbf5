// Drift against a plain softmax over the whole vocabulary, in doubles.
import * as tf from '@tensorflow/tfjs-core';
import { foldAdapter } from '../model/fold.js';
import { forward, type LlamaModel } from '../model/llama.js';
import type { LoraAdapter } from '../model/lora.js';
import { goldenItems, readGolden, type TinyGolden } from '../testing/golden.js';
import { loadTiny, tinyAdapter } from '../testing/tiny.js';
import { free } from '../tensor/scope.js';
import { compareAdapters } from './divergence.js';
import { pack } from './pack.js';
import { scoreCompletions } from './score.js';

describe('compareAdapters', () => {
  const items = goldenItems(readGolden<TinyGolden>('tiny.json'));
  let model: LlamaModel;
  beforeAll(async () => {
    model = await loadTiny();
  });
  afterAll(() => model.dispose());

  /** log p of every token of the vocabulary at every completion token. */
  async function logProbs(adapter: LoraAdapter | undefined): Promise<number[][]> {
    const folded = foldAdapter(model, adapter);
    const pass = forward(model, folded.blocks, pack(items), false);
    const logits = tf.matMul<tf.Tensor2D>(pass.hidden, model.head, false, true);
    const rows = await logits.array();
    folded.dispose();
    pass.dispose();
    free(logits);
    return rows.map((row) => {
      const peak = Math.max(...row);
      const logTotal = peak + Math.log(row.reduce((sum, z) => sum + Math.exp(z - peak), 0));
      return row.map((z) => z - logTotal);
    });
  }

  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const klOf = (p: number[][], q: number[][]) =>
    mean(p.map((row, t) => row.reduce((sum, log, v) => sum + Math.exp(log) * (log - (q[t]?.[v] ?? NaN)), 0)));

  it('gives KL and −log p as a plain softmax does, in both directions', async () => {
    const adapter = tinyAdapter(model);
    const [p, q] = [await logProbs(adapter), await logProbs(undefined)];
    const forth = await compareAdapters(model, adapter, [undefined], items);
    const back = await compareAdapters(model, undefined, [adapter], items);
    expect(klOf(p, q)).toBeGreaterThan(0.001);
    expect(forth.references[0]?.kl).toBeCloseTo(klOf(p, q), 5);
    expect(back.references[0]?.kl).toBeCloseTo(klOf(q, p), 5);
    const scores = await scoreCompletions(model, adapter, items);
    const tokens = scores.reduce((sum, score) => sum + score.tokens, 0);
    expect(forth.tokens).toBe(tokens);
    expect(forth.nll).toBeCloseTo(-scores.reduce((sum, score) => sum + score.logProb, 0) / tokens, 5);
    expect(forth.references[0]?.nll).toBeCloseTo(back.nll, 6);
  });

  it('finds no distance from itself, and leaves no tensor behind', async () => {
    const adapter = tinyAdapter(model);
    const before = tf.memory().numTensors;
    const { references } = await compareAdapters(model, adapter, [adapter], items);
    expect(Math.abs(references[0]?.kl ?? NaN)).toBeLessThan(1e-6);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is not finite when the adapter is not', async () => {
    const broken = tinyAdapter(model);
    broken.values[0] = NaN;
    const { nll, references } = await compareAdapters(model, broken, [undefined], items);
    expect([nll, references[0]?.kl]).toEqual([NaN, NaN]);
  });
});
