// Answers out of the memory reach clients like any other: in pieces that join to the text.
import { describe, expect, it } from '@jest/globals';
import { piecesOf, streamText } from './memory-stream.js';

describe('streamText', () => {
  it.each([
    '',
    'Yes.',
    ' Two  spaces \n\nand lines. ',
    'One, two, three, four, five, six, seven, eight.',
    'x'.repeat(99),
  ])('joins to %j', async (text) => {
    const pieces: string[] = [];
    for await (const piece of streamText(text, new AbortController().signal)) pieces.push(piece);
    expect(pieces.join('')).toBe(text);
    expect(pieces).not.toContain('');
  });

  it('is several pieces, and ends early when it is stopped', async () => {
    const text = 'One, two, three, four, five, six, seven, eight.';
    expect(piecesOf(text).length).toBeGreaterThan(2);
    const stop = new AbortController();
    let count = 0;
    for await (const _ of streamText(text, stop.signal)) if (++count === 2) stop.abort();
    expect(count).toBe(2);
  });
});
