import { hyperParameters } from './hyper-parameters.js';

const byRule = { epochs: null, learningRate: null };
const epochsFor = (examples: number) => hyperParameters(byRule, examples, { width: 576 }).epochs;

describe('hyperParameters', () => {
  it('shows few examples often and many seldom, within bounds', () => {
    expect([1, 20, 70, 280, 1_120, 100_000].map(epochsFor)).toEqual([12, 12, 8, 4, 2, 2]);
    // Passes times examples: the work grows with the examples all the same.
    const work = [20, 70, 280, 1_120].map((examples) => examples * epochsFor(examples));
    expect(work).toEqual([...work].sort((a, b) => a - b));
  });

  it('lowers the rate as models grow', () => {
    const rates = [576, 2_048, 3_072, 4_096].map((width) => hyperParameters(byRule, 70, { width }).learningRate);
    expect(rates).toEqual([2e-3, 1e-3, 5e-4, 3e-4]);
  });

  it('does as it is told, and says which of both it was', () => {
    const { epochs, learningRate, why } = hyperParameters({ epochs: 3, learningRate: null }, 70, { width: 576 });
    expect([epochs, learningRate]).toEqual([3, 2e-3]);
    expect(why).toEqual([
      '3 passes over the examples, as was asked for.',
      'Learning rate 0.002, the rule for a model of this size.',
    ]);
  });
});
