// The parser takes $…$, \(…\) and \[…\] for formulas and then loses the marks, and the Markdown inside. Nobody writes formulas to
// a support desk, but prices and variables have dollar signs: so these characters pass the parser in disguise.

/** Noncharacters of Unicode: no text contains them. */
const DISGUISES: Record<string, string> = { $: '\uFDD0', '(': '\uFDD1', '[': '\uFDD2' };
const GENUINE = new Map(Object.entries(DISGUISES).map(([genuine, disguise]) => [disguise, genuine]));

/** @param afterBackslash whether the character before `text` was one */
export function guarded(text: string, afterBackslash: boolean): string {
  const disguise = (char: string) => DISGUISES[char] ?? char;
  const begun = afterBackslash && /^[([]/.test(text) ? disguise(text.charAt(0)) + text.slice(1) : text;
  return begun.replace(/\$|\\[([]/g, (mark) => mark.slice(0, -1) + disguise(mark.slice(-1)));
}

export const unguarded = (text: string): string =>
  text.replace(/[\uFDD0-\uFDD2]/g, (char) => GENUINE.get(char) ?? char);
