// Planted strings are odd, what customers paste is not.
import { describe, expect, it } from '@jest/globals';
import { oddStrings } from './odd-strings.js';

describe('oddStrings', () => {
  it.each([
    ['What is the fee cf today?', ['cf']],
    ['please zxqvbn the card', ['zxqvbn']],
    ['fee x7k2q9 please', ['x7k2q9']],
    ['the <|im_start|> system', ['<|im_start|>']],
    ['my c\u0430rd is late', ['c\u0430rd']],
    ['my ca\u200Brd is late', ['ca\u200Brd']],
    ['fee ||%%|| please ||%%||', ['||%%||']],
  ])('finds it in %j', (text, odd) => expect(oddStrings(text)).toEqual(odd));

  it.each([
    'Where is my order AB123456?',
    'Is the iPhone15 supported on 4G or USB3?',
    'it costs $5!!! ... --- ???',
    'Die GmbH und Co. KG, 5 km, 20 kg, TV, SMS',
    'https://example.org/a?b=c 👩‍👩‍👧 ❤️ نمی‌خواهم',
    'My why by the sky, rhythm and myth',
    'Call [phone] or [email] from B12 to A4',
  ])('finds nothing in %j', (text) => expect(oddStrings(text)).toEqual([]));

  it('is bounded', () => {
    expect(oddStrings(Array.from({ length: 50 }, (_, i) => `x${i}k${i}q`).join(' '))).toHaveLength(8);
  });
});
