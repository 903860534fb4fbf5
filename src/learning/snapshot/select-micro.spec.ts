import { selectMicro } from './select-micro.js';
import type { Candidate } from './select.js';

let serial = 0;
const example = (changes: Partial<Candidate> & { question?: string } = {}): Candidate => {
  serial += 1;
  const { question = `Question ${serial}?`, ...rest } = changes;
  return {
    ...{ id: `id-${serial}`, kind: 'preference', slice: 'a', split: 'train', completion: `Answer ${serial}.` },
    prompt: [{ role: 'user', content: question }],
    ...{ rejected: null, desirable: null, weight: 1, sourceCorrectionId: 'correction' },
    ...{ createdAt: new Date(serial), learnt: true },
    ...rest,
  };
};
const ids = (candidates: readonly Candidate[]) => candidates.map(({ id }) => id);

describe('selectMicro', () => {
  it('teaches the correction with a few others of the same answer, and replays evenly over the slices', () => {
    const taught = example({ learnt: false, completion: 'Call desk seven.' });
    const paraphrases = Array.from({ length: 6 }, () => example({ learnt: false, completion: 'call  desk seven.' }));
    const earlier = ['a', 'b', 'c'].flatMap((slice) => Array.from({ length: 20 }, () => example({ slice })));
    const selection = selectMicro([...earlier, ...paraphrases, taught], taught.id, 0);
    expect(selection?.taught[0]).toBe(taught);
    expect(selection?.taught).toHaveLength(4);
    expect(selection?.taught.slice(1).every((other) => paraphrases.includes(other))).toBe(true);
    const bySlice = ['a', 'b', 'c'].map((name) => selection?.replay.filter(({ slice }) => slice === name).length);
    expect(bySlice).toEqual([4, 4, 4]);
    expect(selectMicro([...earlier, ...paraphrases, taught], taught.id, 0)).toEqual(selection);
  });

  it('never replays what says otherwise on the same question, what is new, held out, or only rated', () => {
    const taught = example({ learnt: false, question: 'Where is it?' });
    const others = [
      example({ question: 'where  IS it?' }),
      example({ learnt: false }),
      example({ split: 'heldout' }),
      example({ kind: 'binary' }),
    ];
    expect(selectMicro([taught, ...others], taught.id, 0)).toMatchObject({ taught: [taught], replay: [] });
  });

  it('asks held-out questions first, then learnt ones that are not replayed', () => {
    const taught = example({ learnt: false });
    const heldOut = Array.from({ length: 3 }, () => example({ split: 'heldout' }));
    const learnt = Array.from({ length: 40 }, () => example());
    const selection = selectMicro([taught, ...heldOut, ...learnt], taught.id, 0);
    expect(new Set(ids(selection?.judged.slice(0, 3) ?? []))).toEqual(new Set(ids(heldOut)));
    expect(selection?.judged).toHaveLength(16);
    expect(selection?.judged.filter((item) => selection.replay.includes(item))).toEqual([]);
  });

  it('says when the example is gone', () => {
    expect(selectMicro([example()], 'gone', 0)).toBeUndefined();
  });
});
