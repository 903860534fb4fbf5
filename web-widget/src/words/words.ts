// Which words the panel speaks. English is in the chat chunk; every other language is a chunk of its own, so that nobody
// loads five languages they can't read.
import type { ContractError } from '../contract.js';
import { languageOf, type Language } from '../launcher-words.js';
import { en, type Words } from './en.js';

export type { Words } from './en.js';

/** File names beside this chunk, by language; set by the build. */
declare const __WORDS_CHUNKS__: Record<Exclude<Language, 'en'>, string>;

/** The words of a language; English when its file can't be loaded, which is better than no chat. */
export async function loadWords(locale: string): Promise<Words> {
  const language = languageOf(locale);
  if (language === 'en') return en;
  try {
    const url = new URL(__WORDS_CHUNKS__[language], import.meta.url).href;
    return ((await import(/* @vite-ignore */ url)) as { words: Words }).words;
  } catch {
    return en;
  }
}

/** An error in the customer's language: by its code, else by its code's family, else as the service worded it. */
export function errorText(words: Words, { code, message }: ContractError): string {
  const errors: Record<string, string | undefined> = words.errors;
  return errors[code] ?? errors[code.split('.')[0] ?? ''] ?? message;
}
