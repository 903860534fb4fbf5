import { holm } from './holm.js';

describe('holm', () => {
  it("gives the values of R's p.adjust(method = 'holm'), in the order given", () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((expected, i) => expect(adjusted[i]).toBeCloseTo(expected, 12));
  });

  it('leaves one value alone, stops at 1, and takes none', () => {
    expect(holm([0.02])).toEqual([0.02]);
    expect(holm([0.6, 0.9])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});
