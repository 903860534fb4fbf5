// Which line becomes which item, and that nothing but `train` lines ever does.
import type { SnapshotItem } from '../snapshot/snapshot.js';
import { replayedItems, scoredItem, taughtCompletions, trainingItems, type Tokens } from './training-items.js';

/** A token a character, the end of turn 0. */
const tokens: Tokens = {
  promptTokens: (turns) => turns.flatMap(({ content }) => [...content].map((letter) => letter.charCodeAt(0))),
  completionTokens: (text) => [...text].map((letter) => letter.charCodeAt(0)).concat(0),
};
const line: SnapshotItem = {
  ...{ id: 'a', split: 'train', group: 'new', slice: 's', prompt: [{ role: 'user', content: 'Q' }], completion: 'yes' },
  ...{ weight: 0.5, distil: false, kind: 'sft', rejected: null, desirable: null },
};
const codes = (text: string) => tokens.completionTokens(text);

describe('trainingItems', () => {
  it('gives every kind its loss, its tokens and its weight', () => {
    const pair: SnapshotItem = { ...line, kind: 'preference', rejected: 'no' };
    const bad: SnapshotItem = { ...line, kind: 'binary', desirable: false };
    expect(trainingItems([line, pair, bad], tokens)).toEqual([
      { kind: 'sft', id: 'a', promptTokens: [81], completionTokens: codes('yes'), weight: 0.5, distil: false },
      {
        ...{ kind: 'preference', id: 'a', promptTokens: [81], weight: 0.5 },
        ...{ chosenTokens: codes('yes'), rejectedTokens: codes('no') },
      },
      { kind: 'binary', id: 'a', promptTokens: [81], completionTokens: codes('yes'), weight: 0.5, desirable: false },
    ]);
  });

  it('never makes an item of what is held out', () => {
    expect(trainingItems([{ ...line, split: 'heldout' }], tokens)).toEqual([]);
  });

  it('compares with the first words of a rejected answer only', () => {
    const [pair] = trainingItems([{ ...line, kind: 'preference', rejected: 'n'.repeat(100) }], tokens);
    expect(pair).toMatchObject({ rejectedTokens: codes('n'.repeat(16)).slice(0, 16) });
  });

  it('rehearses the first words of a long answer only, and scores all of one', () => {
    const long = { ...line, completion: 'x'.repeat(300) };
    const [rehearsed] = trainingItems([{ ...long, distil: true }], tokens);
    expect(rehearsed).toMatchObject({ distil: 'base', completionTokens: codes(long.completion).slice(0, 48) });
    expect(scoredItem(long, tokens).completionTokens).toHaveLength(301);
  });
});

describe('taughtCompletions', () => {
  it('are the answers taught: no rehearsal, nothing found bad; of a pair the better one', () => {
    const items = trainingItems(
      [
        { ...line, id: 'rehearsed', distil: true },
        { ...line, id: 'bad', kind: 'binary', desirable: false },
        { ...line, id: 'pair', kind: 'preference', rejected: 'no' },
        { ...line, id: 'plain' },
      ],
      tokens,
    );
    expect(taughtCompletions(items)).toEqual([
      { id: 'pair', promptTokens: [81], completionTokens: codes('yes') },
      { id: 'plain', promptTokens: [81], completionTokens: codes('yes') },
    ]);
  });

  it('are all items where a run only rehearses, and never more than 64', () => {
    const rehearsal = Array.from({ length: 70 }, (_, i) => ({ ...line, id: String(i), distil: true }));
    expect(taughtCompletions(trainingItems(rehearsal, tokens))).toHaveLength(64);
  });
});

describe('replayedItems', () => {
  it('are the answers learnt earlier: not new, general, held out or bad ones', () => {
    const earlier: SnapshotItem = { ...line, group: 'earlier' };
    const lines: SnapshotItem[] = [
      line,
      { ...line, group: 'general' },
      { ...earlier, id: 'held out', split: 'heldout' },
      { ...earlier, id: 'bad', kind: 'binary', desirable: false },
      { ...earlier, id: 'wanted' },
    ];
    expect(replayedItems(lines, tokens).map(({ id }) => id)).toEqual(['wanted']);
  });
});
