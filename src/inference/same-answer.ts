// When two answers count as the same: right and wrong must not hang on case or white space. For the gate, the memory and the tests alike.

/** NFKC, lower case, white space collapsed and trimmed. */
export function normaliseAnswer(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** True when both say the same after normalisation. */
export function sameAnswer(a: string, b: string): boolean {
  return normaliseAnswer(a) === normaliseAnswer(b);
}
