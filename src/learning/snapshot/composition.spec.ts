import { compositionOf } from './composition.js';
import type { SnapshotItem } from './snapshot.js';

const item = (changes: Partial<SnapshotItem>): SnapshotItem => ({
  ...{ id: 'i', split: 'train', group: 'new', slice: 'a', prompt: [{ role: 'user', content: '?' }], completion: '!' },
  ...{ weight: 1, distil: false, kind: 'sft', rejected: null, desirable: null },
  ...changes,
});

describe('compositionOf', () => {
  it('counts what is trained on by group, kind and slice, and what is held out', () => {
    const items = [
      item({}),
      item({ kind: 'preference', rejected: 'no' }),
      item({ group: 'earlier', slice: 'b' }),
      item({ group: 'general', slice: 'general', distil: true }),
      item({ split: 'heldout', slice: 'c' }),
    ];
    expect(compositionOf(items)).toEqual({
      train: 4,
      heldOut: 1,
      byGroup: { new: 2, earlier: 1, general: 1 },
      byKind: { sft: 3, preference: 1 },
      bySlice: { a: 2, b: 1 },
    });
  });

  it('names the largest slices and sums up the rest', () => {
    const items = Array.from({ length: 40 }, (_, i) => item({ slice: `s${i}` }));
    const { bySlice } = compositionOf([...items, item({ slice: 's39' })]);
    expect(Object.keys(bySlice)).toHaveLength(31);
    expect(bySlice).toMatchObject({ s39: 2, '(others)': 10 });
  });
});
