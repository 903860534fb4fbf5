// What counts as a change between a shown answer and its correction.
import { expect, it } from '@jest/globals';
import { changesOf } from './word-changes.js';

it('marks the words that changed and leaves the others', () => {
  expect(changesOf('A card costs 5 euros a year.', 'A card costs 7 euros a year.')).toEqual([
    { same: 'A card costs ' },
    { removed: '5', added: '7' },
    { same: ' euros a year.' },
  ]);
});

it('keeps a change of neighbouring words in one piece', () => {
  expect(changesOf('Please call us any time you like.', 'Please write us an e-mail when you like.')).toContainEqual({
    removed: 'any time ',
    added: 'an e-mail when ',
  });
});

it('gives two whole texts where hardly a word stayed', () => {
  expect(changesOf('No, you can not raise it.', 'Yes: open the app and choose Limits.')).toEqual([
    { removed: 'No, you can not raise it.\n', added: 'Yes: open the app and choose Limits.' },
  ]);
});

it('shows a text that only grew as it grew, and gives up on very long ones', () => {
  expect(changesOf('Yes.', 'Yes. In the app.')).toEqual([{ same: 'Yes.' }, { added: ' In the app.' }]);
  const long = 'word '.repeat(3_000);
  expect(changesOf(long, `${long}!`)).toEqual([{ same: `${long}!` }]);
});
