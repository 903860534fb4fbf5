// What feedback teaches: which kind, which weight, what counts as the same, and which examples are held out.
import { describe, expect, it } from '@jest/globals';
import type { PromptTurn } from '../database/entities/example.entity.js';
import { contentHashOf, draftExample, splitOf, type AnswerFeedback } from './example-draft.js';

const asked = (content: string): PromptTurn[] => [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content },
];
const thumb = (value: 'up' | 'down', raterKind: 'customer' | 'agent' = 'customer', at = 0) => ({
  ...{ value, raterKind, raterId: `${raterKind} ${at}`, updatedAt: new Date(at) },
});
const feedback = (more: Partial<AnswerFeedback> = {}): AnswerFeedback => ({
  ...{ prompt: asked('Fee?'), asked: ['Fee?'], shown: 'Free.', fromMemory: false, correction: undefined, ratings: [] },
  ...more,
});
const correction = (text: string, useForTraining = true) => ({ id: 'c1', text, agentId: 'Ada', useForTraining });

describe('draftExample', () => {
  it('prefers a correction to what was shown, and takes an equal one as confirmation', () => {
    expect(draftExample(feedback({ correction: correction('7 euros.'), ratings: [thumb('up')] }))).toMatchObject({
      ...{ kind: 'preference', completion: '7 euros.', rejected: 'Free.', weight: 1, sourceCorrectionId: 'c1' },
    });
    expect(draftExample(feedback({ correction: correction(' Free. ') }))).toMatchObject({
      kind: 'sft',
      rejected: null,
    });
  });

  it('learns nothing from a correction that is not for training, whatever the thumbs say', () => {
    expect(draftExample(feedback({ correction: correction('x', false), ratings: [thumb('up')] }))).toBeUndefined();
  });

  it('makes a light example of a thumb up and a mark of a thumb down', () => {
    expect(draftExample(feedback({ ratings: [thumb('up')] }))).toMatchObject({
      kind: 'sft',
      weight: 0.2,
      desirable: null,
    });
    expect(draftExample(feedback({ ratings: [thumb('down')] }))).toMatchObject({ kind: 'binary', desirable: false });
    expect(draftExample(feedback())).toBeUndefined();
    expect(draftExample(feedback({ shown: ' ', ratings: [thumb('up')] }))).toBeUndefined();
  });

  it('learns the better of two answers from a vote, unless the answer was corrected', () => {
    const preferred = { chosen: '7 euros.', rejected: 'It depends.', agentId: 'Ada' };
    expect(draftExample(feedback({ preferred, ratings: [thumb('up')] }))).toMatchObject({
      ...{ kind: 'preference', completion: '7 euros.', rejected: 'It depends.', raterKind: 'agent', raterId: 'Ada' },
      sourceCorrectionId: null,
    });
    expect(draftExample(feedback({ preferred, correction: correction('8 euros.') }))).toMatchObject({
      completion: '8 euros.',
    });
    expect(draftExample(feedback({ preferred, correction: correction('x', false) }))).toBeUndefined();
  });

  it('learns nothing against an answer that came out of the memory: the model did not write it', () => {
    const remembered = (more: Partial<AnswerFeedback>) => draftExample(feedback({ fromMemory: true, ...more }));
    expect(remembered({ ratings: [thumb('down')] })).toBeUndefined();
    expect(remembered({ correction: correction('7 euros.') })).toMatchObject({ kind: 'sft', rejected: null });
    expect(remembered({ ratings: [thumb('up')] })).toMatchObject({ kind: 'sft', completion: 'Free.' });
  });

  it('says whose word it is, and what is claimed', () => {
    const corrected = draftExample(feedback({ correction: correction('7 euros.'), ratings: [thumb('up')] }));
    expect(corrected).toMatchObject({ raterKind: 'agent', raterId: 'Ada' });
    const liked = draftExample(feedback({ shown: '7 Euros', ratings: [thumb('up', 'customer', 4)] }));
    expect(liked).toMatchObject({ raterKind: 'customer', raterId: 'customer 4' });
    expect([liked?.questionHash, liked?.answerHash]).toEqual([corrected?.questionHash, corrected?.answerHash]);
    expect(liked?.contentHash).not.toBe(corrected?.contentHash);
  });

  it('listens to an agent before customers, then to the newest', () => {
    const mixed = [thumb('up', 'customer', 9), thumb('down', 'agent', 1)];
    expect(draftExample(feedback({ ratings: mixed }))?.kind).toBe('binary');
    expect(draftExample(feedback({ ratings: [thumb('down', 'customer', 1), thumb('up', 'customer', 2)] }))?.kind).toBe(
      'sft',
    );
  });
});

describe('contentHashOf', () => {
  const hash = (question: string, completion: string, kind: 'sft' | 'binary' = 'sft') =>
    contentHashOf({ kind, prompt: asked(question), completion });

  it('is the same for other spacing and for the case of the question', () => {
    expect(hash('  what   FEE? ', 'A  fee.')).toBe(hash('What fee?', 'A fee.'));
  });

  it('differs by kind, by words and by the case of the answer', () => {
    const hashes = [
      hash('Fee?', 'Acme.'),
      hash('Fee?', 'ACME.'),
      hash('Fees?', 'Acme.'),
      hash('Fee?', 'Acme.', 'binary'),
    ];
    expect(new Set(hashes).size).toBe(4);
  });
});

describe('splitOf', () => {
  it('holds out two of twelve', () => {
    const heldOut = Array.from({ length: 12 }, (_, i) => i + 1).filter((n) => splitOf(n) === 'heldout');
    expect(heldOut).toEqual([3, 9]);
  });

  it('seals every twentieth away', () => {
    expect([19, 20, 40, 60, 3_000].map(splitOf)).toEqual(['train', 'audit', 'audit', 'audit', 'audit']);
  });
});
