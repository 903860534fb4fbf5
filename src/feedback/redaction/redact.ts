// Takes personal data out of a text before anything is learnt from it. Placeholders say the kind and nothing else: no number, no
// hash, no table, so nobody can turn them back.
import { findCards, findIbans } from './accounts.js';
import { findAddresses } from './addresses.js';
import { findEmails, findIds, findIps } from './identity.js';
import { findKeys } from './keys.js';
import { findNames } from './names.js';
import type { PersonalData, PersonalDataKind, Recogniser, RedactionOptions } from './personal-data.js';
import { findPhones } from './phones.js';

export type { PersonalData, PersonalDataKind, RedactionOptions } from './personal-data.js';

/** The surer one first: where two overlap, the one in front wins. */
const RECOGNISERS: readonly Recogniser[] = [
  ...[findKeys, findEmails, findIbans, findCards, findIps, findIds, findPhones, findAddresses, findNames],
];
/** Kinds that are compared by their letters and digits alone, however they are spaced. */
const NUMBERS: ReadonlySet<PersonalDataKind> = new Set(['phone', 'card', 'iban', 'id', 'key']);

/** Shorter numbers would be found inside longer ones. */
const NUMBER_CHARS_MIN = 6;

/** Personal data in a text, by position, without overlaps. Linear in the text but for the number of findings. */
export function findPersonalData(text: string, options: RedactionOptions = {}): PersonalData[] {
  const taken: PersonalData[] = [];
  const isAllowed = allowance(options.allowed ?? []);
  for (const recognise of RECOGNISERS) {
    // Of two readings of one place the longer one hides more.
    const findings = recognise(text, options).sort((a, b) => b.end - b.start - (a.end - a.start));
    for (const finding of findings) {
      if (!taken.some(({ start, end }) => finding.start < end && start < finding.end)) taken.push(finding);
    }
  }
  return taken.filter((finding) => !isAllowed(finding)).sort((a, b) => a.start - b.start);
}

/** The text with a placeholder such as `[email]` in place of each finding. Doing it twice changes nothing more. */
export function redact(text: string, options: RedactionOptions = {}): string {
  let redacted = '';
  let at = 0;
  for (const { kind, start, end } of findPersonalData(text, options)) {
    redacted += `${text.slice(at, start)}[${kind}]`;
    at = end;
  }
  return redacted + text.slice(at);
}

/** Whether a finding is public: it stands in one of the allowed texts, or is an address of an allowed domain. */
function allowance(allowed: readonly string[]): (finding: PersonalData) => boolean {
  if (allowed.length === 0) return () => false;
  const said = allowed.map(spoken);
  const written = allowed.map(bare);
  return ({ kind, text }) => {
    if (NUMBERS.has(kind)) {
      const number = bare(text);
      return number.length >= NUMBER_CHARS_MIN && written.some((known) => known.includes(number));
    }
    const found = spoken(text);
    const isDomainAllowed = (known: string) => kind === 'email' && known.startsWith('@') && found.endsWith(known);
    return said.some((known) => isDomainAllowed(known) || hasWords(known, found));
  };
}

/** Whether the words stand in the text, not as a part of longer ones. */
function hasWords(text: string, words: string): boolean {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + words.length] ?? ' '}`;
    if (!/[\p{L}\p{N}]/u.test(around)) return true;
  }
  return false;
}

const spoken = (text: string) => text.toLowerCase().replaceAll(/\s+/g, ' ').trim();
const bare = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
