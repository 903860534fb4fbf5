// What counts as the same question and the same answer.
import { describe, expect, it } from '@jest/globals';
import { claimHash } from './claims.js';

describe('claimHash', () => {
  it.each([
    ['What is the fee?', ' what is  the FEE'],
    ['It’s free, really!', "It's free really"],
    ['10–20 days.', '10-20 days'],
    ['“Freeze” it', 'freeze it!'],
  ])('is the same for %j and %j', (a, b) => expect(claimHash(a)).toBe(claimHash(b)));

  it.each([
    ['It costs 1.50', 'It costs 150'],
    ['5 %', '5'],
    ['5 €', '5 $'],
    ['yes', 'no'],
    ['Where is it?', 'Where was it?'],
  ])('differs for %j and %j', (a, b) => expect(claimHash(a)).not.toBe(claimHash(b)));

  it('keeps texts apart', () => expect(claimHash('a', 'b c')).not.toBe(claimHash('a b', 'c')));
});
