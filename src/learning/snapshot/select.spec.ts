// The selection's promises: new and earlier in balance, every slice heard, duplicates once, nothing held out is trained on.
import { selectHeldOut, selectTraining, type Candidate } from './select.js';

let serial = 0;
const example = (changes: Partial<Candidate> & { question?: string } = {}): Candidate => {
  serial += 1;
  const { question = `Question ${serial}?`, ...rest } = changes;
  return {
    id: `id-${String(serial).padStart(4, '0')}`,
    kind: 'preference',
    slice: 'a',
    split: 'train',
    prompt: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: question },
    ],
    completion: 'Call desk seven.',
    rejected: 'I do not know.',
    desirable: null,
    weight: 1,
    sourceCorrectionId: 'correction',
    createdAt: new Date(serial * 1000),
    learnt: false,
    ...rest,
  };
};
const many = (count: number, changes: Partial<Candidate>) => Array.from({ length: count }, () => example(changes));
const options = { seed: 0, replayAll: false };

describe('selectTraining', () => {
  it('takes all new examples and twice as many earlier ones, evenly over the slices', () => {
    const pool = [
      ...many(3, { slice: 'new' }),
      ...many(20, { slice: 'large', learnt: true }),
      ...many(3, { slice: 'small', learnt: true }),
    ];
    const { fresh, replay } = selectTraining(pool, options);
    expect(fresh).toHaveLength(3);
    expect(replay.filter(({ slice }) => slice === 'large')).toHaveLength(3);
    expect(replay.filter(({ slice }) => slice === 'small')).toHaveLength(3);
    expect(selectTraining(pool, options)).toEqual({ fresh, replay });
    expect(selectTraining(pool, { ...options, seed: 1 }).replay).not.toEqual(replay);
  });

  it('replays everything when the adapter starts anew', () => {
    const pool = [...many(2, {}), ...many(9, { learnt: true })];
    expect(selectTraining(pool, { ...options, replayAll: true }).replay).toHaveLength(9);
  });

  it('replays at least one example of every slice, however few are new', () => {
    const pool = [example(), ...['a', 'b', 'c'].flatMap((slice) => many(5, { slice, learnt: true }))];
    expect(selectTraining(pool, options).replay.map(({ slice }) => slice)).toEqual(['a', 'b', 'c']);
  });

  it('leaves out what is held out, and replays nothing for the sake of bare thumbs down', () => {
    const bare = example({ kind: 'binary', desirable: false, rejected: null, sourceCorrectionId: null });
    const pool = [example({ split: 'heldout' }), bare, example(), ...many(4, { learnt: true })];
    const { fresh, replay } = selectTraining(pool, options);
    expect(fresh).toEqual([bare, pool[2]]);
    expect(replay).toHaveLength(2);
  });

  it('counts a question once: the newest correction, and a correction before a thumb', () => {
    const old = example({ question: 'Where is my card?', completion: 'Desk one.', learnt: true });
    const corrected = example({ question: ' where is my CARD?', completion: 'Desk two.' });
    const liked = example({ question: 'Where is my card?', completion: 'Desk three.', sourceCorrectionId: null });
    const bare = example({ question: 'Where is my card?', kind: 'binary', desirable: false, sourceCorrectionId: null });
    expect(selectTraining([old, corrected, liked, bare], options)).toEqual({ fresh: [corrected], replay: [] });
    expect(selectTraining([liked, bare], options).fresh).toEqual([liked]);
  });
});

describe('selectHeldOut', () => {
  it('takes corrected held-out questions only', () => {
    const wanted = example({ split: 'heldout' });
    const pool = [example(), wanted, example({ split: 'heldout', sourceCorrectionId: null })];
    expect(selectHeldOut(pool, { seed: 0, limit: 10 })).toEqual([wanted]);
  });

  it('stays within its bound and keeps room for both groups', () => {
    const pool = [...many(30, { split: 'heldout' }), ...many(30, { split: 'heldout', learnt: true })];
    const chosen = selectHeldOut(pool, { seed: 0, limit: 20 });
    expect(chosen.filter(({ learnt }) => learnt)).toHaveLength(10);
    expect(chosen.filter(({ learnt }) => !learnt)).toHaveLength(10);
    expect(selectHeldOut(many(30, { split: 'heldout' }), { seed: 0, limit: 20 })).toHaveLength(20);
  });
});
