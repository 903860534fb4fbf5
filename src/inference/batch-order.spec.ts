// What goes into a batch: all answers, by sequence; every one goes on, prompts take what is left.
import { describe, expect, it } from '@jest/globals';
import type { BatchItem, Token } from 'node-llama-cpp';
import { batchTogether, placeInBatch } from './batch-order.js';

const item = (sequenceNumber: number, tokens: number): BatchItem => ({
  tokens: Array.from({ length: tokens }, (_, i) => i as Token),
  logits: [],
  evaluationPriority: placeInBatch(sequenceNumber),
});
const batch = (items: BatchItem[], size: number, order = batchTogether(() => items.length)) =>
  order({ items, size }).map(({ item: { evaluationPriority }, processAmount }) => [
    Number(evaluationPriority),
    processAmount,
  ]);

describe('batchTogether', () => {
  it('waits for an answer that is on its way, but not for ever', () => {
    const order = batchTogether(() => 2);
    expect(batch([item(1, 1)], 8, order)).toEqual([]);
    expect(batch([item(1, 1), item(0, 1)], 8, order)).toHaveLength(2);
    const tries = Array.from({ length: 100 }, () => batch([item(1, 1)], 8, order).length);
    expect(tries.indexOf(1)).toBeGreaterThan(0);
  });

  it('puts sequences in the order of their numbers', () => {
    expect(batch([item(2, 1), item(0, 1), item(7, 1), item(1, 1)], 128)).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
      [7, 1],
    ]);
  });

  it('lets every answer go on beside a prompt that would fill the batch', () => {
    expect(batch([item(0, 500), item(1, 1), item(2, 1)], 128)).toEqual([
      [0, 126],
      [1, 1],
      [2, 1],
    ]);
  });

  it('gives what a first prompt leaves to the next one', () => {
    expect(batch([item(1, 100), item(0, 20)], 64)).toEqual([
      [0, 20],
      [1, 44],
    ]);
  });

  it('never takes more than the batch holds', () => {
    expect(batch([item(0, 1), item(1, 1), item(2, 1)], 2)).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });
});
