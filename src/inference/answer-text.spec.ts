// Holds that streamed pieces are whole characters and together exactly the answer.
import { describe, expect, it } from '@jest/globals';
import type { Token } from 'node-llama-cpp';
import { AnswerText } from './answer-text.js';

/** A tokenizer of bytes: the worst case for characters of several bytes. */
const detokenize = (tokens: Token[]) => new TextDecoder().decode(Uint8Array.from(tokens));
const bytes = (text: string) => [...new TextEncoder().encode(text)] as Token[];

function stream(tokens: Token[]): { pieces: string[]; whole: string } {
  const answer = new AnswerText(detokenize);
  const pieces = tokens.map((token) => answer.push(token));
  pieces.push(answer.end());
  return { pieces: pieces.filter((piece) => piece !== ''), whole: answer.whole };
}

describe('AnswerText', () => {
  it('never shows a part of a character', () => {
    const { pieces, whole } = stream(bytes('é 你好 😀!'));
    expect(pieces.join('')).toBe('é 你好 😀!');
    expect(whole).toBe('é 你好 😀!');
    expect(pieces.some((piece) => piece.includes('\uFFFD'))).toBe(false);
  });

  it('shows no white space at either end, and all of it between words', () => {
    const { pieces, whole } = stream(bytes('\n  one \n\n two  \n'));
    expect(whole).toBe('one \n\n two');
    expect(pieces.join('')).toBe(whole);
  });

  it('shows broken bytes after a few tokens instead of holding the answer back for ever', () => {
    const { whole } = stream(Array.from({ length: 20 }, () => 0xff as Token));
    expect(whole.length).toBe(20);
  });

  it('is empty for an answer of white space only', () => {
    expect(stream(bytes(' \n '))).toEqual({ pieces: [], whole: '' });
  });
});
