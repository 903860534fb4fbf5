// Training the top blocks only is training all of them with the gradient of the others left out.
import * as tf from '@tensorflow/tfjs-core';
import type { LlamaModel } from '../model/llama.js';
import { goldenItems, readGolden, relativeDistance, type TinyGolden } from '../testing/golden.js';
import { gradientOf } from '../testing/gradient.js';
import { goldenPairs, readLossGolden } from '../testing/losses.js';
import { loadTiny, tinyAdapter } from '../testing/tiny.js';
import { completionsOf, type TrainingItem } from './batches.js';
import { pack } from './pack.js';
import { TRAIN_DEFAULTS } from './settings.js';
import { train } from './train.js';
import { openTrunk } from './trunk.js';

describe('training the top blocks only', () => {
  const prefix = Array.from({ length: 12 }, (_, i) => (i * 31) % 96);
  const sft = goldenItems(readGolden<TinyGolden>('tiny.json'));
  const items: TrainingItem[] = [...sft, ...goldenPairs(readLossGolden())].map((item) => ({
    ...item,
    promptTokens: [...prefix, ...item.promptTokens],
  }));
  let model: LlamaModel;
  beforeAll(async () => {
    model = await loadTiny();
  });
  afterAll(() => model.dispose());

  it('has the gradient that those blocks have in the whole model', async () => {
    const adapter = tinyAdapter(model);
    const whole = await gradientOf(model, adapter, items);
    const trunk = openTrunk(model, adapter, 1);
    for (const microBatchTokens of [60, 1024, 1]) {
      const top = await gradientOf(model, adapter, items, { trunk, microBatchTokens });
      expect(top.loss).toBeCloseTo(whole.loss, 5);
      expect(relativeDistance(top.gradient, whole.gradient.subarray(trunk.offset))).toBeLessThan(1e-4);
    }
    trunk.dispose();
  });

  it('computes the trunk once an example while there is room, in whatever packing it comes back', async () => {
    const adapter = tinyAdapter(model);
    const [roomy, narrow] = [openTrunk(model, adapter, 1), openTrunk(model, adapter, 1, 0)];
    const outputs = async (trunk: typeof roomy, of: TrainingItem[]) => {
      const x = await trunk.outputs(pack(of.flatMap(completionsOf)), of);
      const values = (await x.data()).slice() as Float32Array;
      x.dispose();
      return values;
    };
    for (const item of items) await outputs(roomy, [item]);
    roomy.dispose(); // from here it can only answer from what it kept
    const backwards = [...items].reverse();
    expect(relativeDistance(await outputs(roomy, backwards), await outputs(narrow, backwards))).toBeLessThan(1e-5);
    narrow.dispose();
  });

  it('leaves the lower blocks as they were, and frees what it made', async () => {
    const adapter = tinyAdapter(model);
    const settings = { ...TRAIN_DEFAULTS, epochs: 3, examplesPerStep: 4, weightDecay: 0.1, trainLayers: 1 };
    await train({ model, adapter: tinyAdapter(model), items, settings });
    const before = tf.memory().numTensors;
    await train({ model, adapter, items, settings, heldOut: { items: sft, everySteps: 2, patience: 9 } });
    expect(tf.memory().numTensors).toBe(before);
    const start = tinyAdapter(model).values;
    const offset = adapter.matrices.find(({ block }) => block === 1)?.offsetA;
    expect(adapter.values.subarray(0, offset)).toEqual(start.subarray(0, offset));
    expect(relativeDistance(adapter.values.subarray(offset), start.subarray(offset))).toBeGreaterThan(0.001);
  });
});
