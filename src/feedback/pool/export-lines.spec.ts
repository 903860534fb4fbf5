// Exported lines: another reader gets back what was in the pool, and no spreadsheet runs what a customer wrote.
import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { Example } from '../../database/entities/example.entity.js';
import { csvLine, EXPORT_FORMATS, jsonLine } from './export-lines.js';

const example = (changes: Partial<Example> = {}) => ({
  example: {
    id: 'e1',
    kind: 'sft',
    slice: 'fees',
    split: 'train',
    prompt: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Is there\na "fee"?' },
    ],
    completion: '=1+1, no.',
    rejected: null,
    desirable: null,
    weight: 1,
    status: 'accepted',
    quarantineReason: null,
    raterKind: 'agent',
    sourceMessageId: 'm1',
    createdAt: new Date('2026-11-27T08:00:00Z'),
    ...changes,
  } as Example,
  conversationId: 'c1',
  usedIn: [2, 5],
});

describe('an exported line', () => {
  it('of each kind has the keys of its format', () => {
    const { prompt } = example().example;
    const lines = [
      example(),
      example({ kind: 'preference', completion: 'No.', rejected: 'Yes.' }),
      example({ kind: 'binary', completion: 'No.', desirable: false, weight: 0.5 }),
    ].map((each) => JSON.parse(jsonLine(each)) as object);
    expect(lines).toMatchObject([
      {
        prompt,
        completion: '=1+1, no.',
        weight: 1,
        slice: 'fees',
        usedIn: [2, 5],
        createdAt: '2026-11-27T08:00:00.000Z',
      },
      { prompt, chosen: 'No.', rejected: 'Yes.' },
      { prompt, completion: 'No.', label: false, weight: 0.5 },
    ]);
    expect(lines[1]).not.toHaveProperty('completion');
    expect(lines[0]).not.toHaveProperty('label');
  });

  it('of a spreadsheet has every column, whatever is in it, and no formula', () => {
    const text = EXPORT_FORMATS.csv.head + csvLine(example()) + csvLine(example({ prompt: [], weight: -1 }));
    expect(parse(text, { columns: true, bom: true })).toMatchObject([
      { id: 'e1', question: 'Is there\na "fee"?', answer: "'=1+1, no.", rejected: '', used_in: '2 5', weight: '1' },
      { question: '', weight: '-1', created_at: '2026-11-27T08:00:00.000Z' },
    ]);
  });
});
