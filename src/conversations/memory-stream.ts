// An answer out of the memory, as the same stream of events that the engine gives, so that clients see no difference.
import { setImmediate } from 'node:timers/promises';

/** Characters of a piece: about three words. */
const PIECE_CHARS = 16;

/** Pieces that end after white space; joined they are the text. */
export function piecesOf(text: string): string[] {
  const pieces = [''];
  for (const word of text.split(/(?<=\s)(?=\S)/u)) {
    if ((pieces.at(-1) ?? '').length >= PIECE_CHARS) pieces.push('');
    pieces[pieces.length - 1] += word;
  }
  return pieces.filter((piece) => piece !== '');
}

/** Lets others run between two pieces, and ends early by the signal. */
export async function* streamText(text: string, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  for (const piece of piecesOf(text)) {
    if (signal.aborted) return;
    yield piece;
    await setImmediate();
  }
}
