// The penalties against their formulas, and the Fisher information against single examples' gradients.
import * as tf from '@tensorflow/tfjs-core';
import type { LlamaModel } from '../model/llama.js';
import { goldenItems, readGolden, relativeDistance, type TinyGolden } from '../testing/golden.js';
import { gradientOf } from '../testing/gradient.js';
import { loadTiny, tinyAdapter } from '../testing/tiny.js';
import { createAdapter, type LoraAdapter } from '../model/lora.js';
import { orthogonality } from './o-lora.js';
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

  it('O-LoRA is zero where nothing overlaps, and its gradient is that of finite differences', async () => {
    const own = createAdapter(model.config, { rank: 2, alpha: 4, seed: 1 });
    const earlier = [3, 2].map((rank) => createAdapter(model.config, { rank, alpha: 4, seed: rank }));
    const before = tf.memory().numTensors;
    const { penalty, tensors } = orthogonality(own, earlier, 0.5);
    const at = async (values: Float32Array) => {
      const flat = tf.tensor1d(values);
      const { loss, gradient } = penalty(flat);
      const result = { loss: (await loss.data())[0] as number, gradient: await gradient.data() };
      tf.dispose([flat, loss, gradient]);
      return result;
    };
    const { loss, gradient } = await at(own.values.slice());
    expect(loss).toBeCloseTo(overlapOf(own, earlier, 0.5), 3);
    const direction = own.values.map((_, i) => Math.sin(i));
    const step = 0.01; // the penalty is quadratic: central differences are exact, up to rounding
    const [up, down] = [1, -1].map((sign) => own.values.map((v, i) => v + sign * step * (direction[i] as number)));
    const slope = ((await at(up as Float32Array)).loss - (await at(down as Float32Array)).loss) / (2 * step);
    const expected = direction.reduce((sum, value, i) => sum + value * (gradient[i] as number), 0);
    expect(Math.abs(slope - expected) / Math.abs(expected)).toBeLessThan(1e-3);
    expect((await at(new Float32Array(own.values.length))).loss).toBe(0);
    tf.dispose(tensors);
    expect(tf.memory().numTensors).toBe(before);
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

/** λ Σ ⟨row of A, row of an earlier A⟩², in plain loops. */
function overlapOf(own: LoraAdapter, earlier: readonly LoraAdapter[], strength: number): number {
  const rowsOf = ({ values, rank }: LoraAdapter, { offsetA, inputs }: LoraAdapter['matrices'][number]) =>
    Array.from({ length: rank }, (_, r) => values.subarray(offsetA + r * inputs, offsetA + (r + 1) * inputs));
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
  let total = 0;
  own.matrices.forEach((matrix, i) => {
    for (const a of rowsOf(own, matrix))
      for (const other of earlier)
        for (const b of rowsOf(other, other.matrices[i] as typeof matrix)) total += dot(a, b) ** 2;
  });
  return strength * total;
}
