import { degeneracyOf } from './degenerate.js';

describe('degeneracyOf', () => {
  it.each(['', '   \n', '...', '—  !'])('calls %j empty', (answer) => {
    expect(degeneracyOf(answer)).toBe('empty');
  });

  it.each([
    'call call call call call call call call call',
    'I am here to help. I am here to help. I am here to help. I am here to help.',
    'Well: your card your card your card your card',
  ])('calls %j a loop', (answer) => {
    expect(degeneracyOf(answer)).toBe('loop');
  });

  it.each([
    'Call desk seven.',
    'Ha ha ha ha!',
    '42',
    'The card, the pin and the card again: all three are blue, all three are yours.',
  ])('leaves %j alone', (answer) => {
    expect(degeneracyOf(answer)).toBeUndefined();
  });
});
