// The penalties against their formulas, and the Fisher information against single examples' gradients.
import * as tf from '@tensorflow/tfjs-core';
import type { LlamaModel } from '../model/llama.js';
import { goldenItems, readGolden, relativeDistance, type TinyGolden } from '../testing/golden.js';
import { gradientOf } from '../testing/gradient.js';
import { loadTiny, tinyAdapter } from '../testing/tiny.js';
import { ewc, fisherDiagonal, l2sp } from './regularisers.js';

describe('penalties on leaving the start', () => {
  let model: LlamaModel;
  beforeAll(async () => {
    model = await loadTiny();
  });
  afterAll(() => model.dispose());

  it('are quadratic in the distance, weighed by the Fisher information in EWC', async () => {
    const [start, here, fisher] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([2, 2, 1]), tf.tensor1d([4, 5, 0.5])];
    for (const [penalty, loss, gradient] of [
      [l2sp(start, 3), 7.5, [3, 0, -6]],
      [ewc(start, fisher, 3), 9, [12, 0, -3]],
    ] as const) {
      const value = penalty(here);
      expect([...(await value.loss.data())]).toEqual([loss]);
      expect([...(await value.gradient.data())]).toEqual(gradient);
      tf.dispose([value.loss, value.gradient]);
    }
    tf.dispose([start, here, fisher]);
  });

  it("the Fisher information is the mean of the examples' squared gradients", async () => {
    const items = goldenItems(readGolden<TinyGolden>('tiny.json')).slice(0, 2);
    const adapter = tinyAdapter(model);
    await fisherDiagonal(model, adapter, items.slice(0, 1)); // what is made once and kept
    const before = tf.memory().numTensors;
    const fisher = await fisherDiagonal(model, adapter, items);
    expect(tf.memory().numTensors).toBe(before);
    const gradients = await Promise.all(items.map((item) => gradientOf(model, adapter, [item])));
    const expected = fisher.map((_, i) => {
      const squares = items.map(({ completionTokens }, n) => {
        return ((gradients[n]?.gradient[i] as number) * completionTokens.length) ** 2;
      });
      return squares.reduce((a, b) => a + b, 0) / items.length;
    });
    expect(relativeDistance(fisher, expected)).toBeLessThan(1e-4);
  });
});
