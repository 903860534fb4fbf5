// Joined adapters do what they do together.
import type { LlamaConfig } from '../../../src/lora/model/config.js';
import { createAdapter, type LoraAdapter } from '../../../src/lora/model/lora.js';
import { joinAdapters } from './comparators.js';

const config = {
  ...{ layers: 2, width: 6, feedForward: 10, heads: 2, keyValueHeads: 1, headWidth: 3 },
} as LlamaConfig;

const filled = (rank: number, seed: number): LoraAdapter => {
  const adapter = createAdapter(config, { rank, alpha: 2 * rank, seed });
  return { ...adapter, values: adapter.values.map((value, i) => value + Math.sin(seed + i)) };
};

/** The update s B A of one linear layer, (out · in). */
function updateOf({ rank, alpha, matrices, values }: LoraAdapter, layer: number): number[] {
  const { inputs, outputs, offsetA, offsetB } = matrices[layer] as LoraAdapter['matrices'][number];
  return Array.from({ length: outputs * inputs }, (_, at) => {
    const [row, column] = [Math.floor(at / inputs), at % inputs];
    let sum = 0;
    for (let r = 0; r < rank; r++) {
      sum += (values[offsetB + row * rank + r] as number) * (values[offsetA + r * inputs + column] as number);
    }
    return (alpha / rank) * sum;
  });
}

describe('joinAdapters', () => {
  it("is the sum of the adapters' updates in every linear layer", () => {
    const [a, b] = [filled(2, 1), filled(3, 2)];
    const joined = joinAdapters(config, [a, b]);
    expect(joined).toMatchObject({ rank: 5, alpha: 10 });
    for (const layer of joined.matrices.keys()) {
      const [first, second] = [updateOf(a, layer), updateOf(b, layer)];
      updateOf(joined, layer).forEach((value, i) => {
        expect(value).toBeCloseTo((first[i] as number) + (second[i] as number), 4);
      });
    }
  });
});
