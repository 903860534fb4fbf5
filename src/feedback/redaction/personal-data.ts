// What the recognisers of personal data share: the kinds, a finding, and how a table of patterns is searched.
import type { CountryCode } from 'libphonenumber-js/max';

/** What a placeholder can say: `[email]`, `[phone]`, … */
export type PersonalDataKind =
  'key' | 'email' | 'iban' | 'card' | 'ip' | 'id' | 'birthdate' | 'phone' | 'address' | 'name';

/** A finding: `text.slice(start, end) === found.text` (UTF-16 indices). */
export interface PersonalData {
  kind: PersonalDataKind;
  start: number;
  end: number;
  text: string;
}

export interface RedactionOptions {
  /** Countries whose phone numbers are written without a country code. Default: `DEFAULT_COUNTRIES`. */
  countries?: readonly CountryCode[];
  /** E.g. `de-AT`: its country comes before `countries`. */
  locale?: string;
  /** Texts that are public, such as the company's instructions: what stands in them is left alone. `@acme.com`: all its addresses. */
  allowed?: readonly string[];
}

/** Finds one family of personal data; the findings may overlap. */
export type Recogniser = (text: string, options: RedactionOptions) => PersonalData[];

/** A pattern; if it has a group `found`, only that part is the finding. */
export interface Pattern {
  kind: PersonalDataKind;
  /** Global. Every repetition is bounded, so that no text makes it slow. */
  pattern: RegExp;
  /** Whether the finding is real (a check digit, a list of states); `before` is up to 40 characters in front of it. */
  isReal?: (found: string, before: string) => boolean;
}

const BEFORE_CHARS = 40;

/** The text in front of a finding, for the words that say what a number is. */
export function textBefore(text: string, start: number): string {
  return text.slice(Math.max(0, start - BEFORE_CHARS), start);
}

/** All findings of a table of patterns. */
export function search(text: string, patterns: readonly Pattern[]): PersonalData[] {
  return patterns.flatMap(({ kind, pattern, isReal }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const found = match.groups?.found ?? match[0];
      const start = match.index + match[0].lastIndexOf(found);
      if (isReal && !isReal(found, textBefore(text, start))) return [];
      return [{ kind, start, end: start + found.length, text: found }];
    }),
  );
}

export const digitsOf = (text: string) => text.replaceAll(/\D/g, '');
