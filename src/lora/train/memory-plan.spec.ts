// The plan's arithmetic: it grows with what it should grow with, gives way, and says no in numbers.
import { describe, expect, it } from '@jest/globals';
import type { LlamaConfig } from '../model/config.js';
import { availableMemory } from './available-memory.js';
import { estimateMemory, planMemory, runSize, type RunSize } from './memory-plan.js';

/** SmolLM2-135M. */
const config: LlamaConfig = {
  architecture: 'llama',
  layers: 30,
  width: 576,
  feedForward: 1536,
  heads: 9,
  keyValueHeads: 3,
  headWidth: 64,
  vocabulary: 49_152,
  contextTokens: 2048,
  normEpsilon: 1e-5,
  ropeBase: 1e4,
  ropeScale: 1,
  ropePairing: 'neighbours',
  queryKeyNorm: false,
};
const item = (id: string, prompt: number, completion: number) => ({
  kind: 'sft' as const,
  id,
  promptTokens: Array<number>(prompt).fill(1),
  completionTokens: Array<number>(completion).fill(1),
  weight: 1,
});
const whole = runSize({ config, isTied: true }, { rank: 8 }, [item('a', 61, 20), item('b', 181, 20)]);
/** As if there were enough examples to fill any micro-batch. */
const size: RunSize = { ...whole, stepRows: Infinity };

describe('the memory plan', () => {
  it('sees the longest example, the share of targets, and what is distilled', () => {
    expect(size).toMatchObject({ longestRows: 200, targetShare: 40 / 280, distilTokens: 0 });
    const distilled = runSize({ config, isTied: true }, { rank: 8 }, [{ ...item('a', 10, 5), distil: 'start' }]);
    expect(distilled.distilTokens).toBe(5);
  });

  it.each([
    // Measured by `npm run bench:memory` on 2 cores: tokens of a micro-batch, peak in GB.
    [128, 2.05],
    [512, 2.31],
    [1024, 2.67],
  ])('estimates the peak at %i tokens within 25 %% of what was measured', (tokens, measured) => {
    const short = { ...size, longestRows: 128, targetShare: 0.25 };
    expect(Math.abs(estimateMemory(short, tokens).total / 1e9 / measured - 1)).toBeLessThan(0.25);
  });

  it('knows that a step may hold less than a micro-batch', () => {
    const examples = [item('a', 61, 20), item('b', 181, 20), item('c', 21, 20)];
    const small = runSize({ config, isTied: true }, { rank: 8, examplesPerStep: 2 }, examples);
    expect(small.stepRows).toBe(280);
    expect(estimateMemory(small, 2048).total).toBe(estimateMemory(small, 280).total);
  });

  it('takes what is wanted where it fits', () => {
    expect(planMemory(size, 1024, 8e9)).toMatchObject({ microBatchTokens: 1024, hasShrunk: false });
  });

  it('shrinks the micro-batch until it fits, and no further', () => {
    const { microBatchTokens, estimate, hasShrunk } = planMemory(size, 4096, 3e9);
    expect(hasShrunk).toBe(true);
    expect(estimate.total).toBeLessThanOrEqual(3e9);
    expect(estimateMemory(size, microBatchTokens * 1.2).total).toBeGreaterThan(3e9);
  });

  it('never shrinks below the longest example, and says with numbers that it does not fit', () => {
    const long = { ...size, longestRows: 2048 };
    expect(estimateMemory(long, 64).total).toBe(estimateMemory(long, 2048).total);
    expect(() => planMemory(long, 1024, 2.5e9)).toThrow(
      /needs about 3\.\d GB .* for the longest example \(2048 tokens\)\); 2\.5 GB can be used/,
    );
  });

  it('keeps only what the learning blocks need, and the outputs of those below', () => {
    const top = runSize({ config, isTied: true }, { rank: 8, trainLayers: 6 }, [item('a', 61, 20), item('b', 181, 20)]);
    const [some, all] = [estimateMemory(top, 280), estimateMemory(size, 280)];
    expect(some.activations / all.activations).toBeCloseTo(6 / 30);
    expect(some.trunk).toBeGreaterThan(280 * 576 * 4);
    expect(all.trunk).toBe(0);
  });

  it('grows with rank, distilled tokens and an untied head', () => {
    const total = estimateMemory(size, 1024).total;
    expect(estimateMemory({ ...size, rank: 64 }, 1024).total - total).toBeGreaterThan(5e8);
    expect(estimateMemory({ ...size, distilTokens: 1e5 }, 1024).total - total).toBeGreaterThan(2e8);
    expect(estimateMemory({ ...size, isTied: false }, 1024).total - total).toBeGreaterThan(1e8);
  });
});

describe('available memory', () => {
  it('is never more than the container grants, nor less than nothing', () => {
    expect(availableMemory()).toBeGreaterThan(0);
    expect(availableMemory(0, 5e9)).toBe(5e9);
    expect(availableMemory(2 ** 63, 5e9)).toBe(5e9);
    expect(availableMemory(1, 5e9)).toBe(0);
  });
});
