// Versions side by side: who answered what, regressions first, and nothing claimed of questions that only one was asked.
import { describe, expect, it } from '@jest/globals';
import { deltasOf, generalOf, itemsOf, regressionsFirst, type JudgedVersion } from './compare-versions.js';

const item = (id: string, slice: string, parentRight: boolean, candidateRight: boolean) => ({
  ...{ id, slice, question: `${id}?`, expected: 'yes', parentRight, candidateRight },
  ...{ parentAnswer: parentRight ? 'yes' : 'no', candidateAnswer: candidateRight ? 'yes' : 'no' },
});
const general = { parentNll: 2, candidateNll: 2.1, klToBase: 0.1 };
const judged: JudgedVersion[] = [
  {
    ...{ version: 1, parentVersion: 0 },
    report: { general, items: [item('a', 'fees', false, true), item('b', 'cards', true, true)] },
  },
  {
    ...{ version: 2, parentVersion: 1 },
    report: { general: null, items: [item('a', 'fees', true, false), item('c', 'loans', false, true)] },
  },
];

describe('itemsOf', () => {
  it("takes a version's answers from its own report, and from its children's", () => {
    const items = itemsOf(judged, [0, 1, 2]);
    const told = items.map(
      ({ id, answers }) =>
        `${id} ${[...answers]
          .map(([v, { answer }]) => `${v}:${answer}`)
          .sort()
          .join(' ')}`,
    );
    expect(told.sort()).toEqual(['a 0:no 1:yes 2:no', 'b 0:yes 1:yes', 'c 1:no 2:yes']);
    expect(itemsOf(judged, [2]).map(({ id }) => id)).toEqual(['a', 'c']);
  });
});

describe('deltasOf', () => {
  it('puts the worst first and counts only what both were asked', () => {
    const deltas = deltasOf(itemsOf(judged, [1, 2]), [1, 2]);
    expect(
      deltas.map(({ slice, items, wins, losses, difference }) => [slice, items, wins, losses, difference]),
    ).toEqual([
      ['fees', 1, 0, 1, -1],
      [null, 2, 1, 1, 0],
      ['loans', 1, 1, 0, 1],
    ]);
    expect(deltas[0]?.interval[0]).toBeLessThan(0);
    expect(deltasOf(itemsOf(judged, [0, 2]), [0, 2]).map(({ slice }) => slice)).toEqual(['fees', null].toReversed());
    expect(deltasOf([], [1, 2])).toEqual([]);
  });

  it('lists lost questions before won ones', () => {
    expect(regressionsFirst(itemsOf(judged, [1, 2]), [1, 2]).map(({ id }) => id)).toEqual(['a', 'c', 'b']);
  });
});

describe('generalOf', () => {
  it('is of the version itself; of the base model from its children', () => {
    expect(generalOf(judged, 1)).toEqual({ nll: 2.1, klToBase: 0.1 });
    expect(generalOf(judged, 0)).toEqual({ nll: 2, klToBase: 0 });
    expect(generalOf(judged, 2)).toBeNull();
  });
});
