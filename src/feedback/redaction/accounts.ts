// Payment cards (Luhn and the issuers' prefixes) and IBANs (length and check digits of their country), with or without spaces.
import cardValidator from 'card-validator';
import { countrySpecs, isValidIBAN } from 'ibantools';
import { digitsOf, search, textBefore, type Pattern, type PersonalData, type Recogniser } from './personal-data.js';

const CARDS: Pattern[] = [
  {
    kind: 'card',
    pattern: /(?<![\p{L}\d]|\d[.,-])\d(?:[ -]?\d){11,18}(?![\p{L}\d]|[.,-]\d)/gu,
    isReal: (found) => cardValidator.number(digitsOf(found)).isValid,
  },
  {
    kind: 'card',
    pattern:
      /(?<!\p{L})(?:cvc2?|cvv2?|csc|security code|prüfnummer|prüfziffer|cryptogramme)[\s:=]{0,3}(?:(?:is|ist|est|es)\s+)?(?<found>\d{3,4})(?!\d)/giu,
  },
];

/** Card numbers that pass Luhn and begin as some issuer's do, and the security code on the back where it is named. */
export const findCards: Recogniser = (text) => search(text, CARDS);

const IBAN_START = /(?<![\p{L}\d])([a-z]{2})\s?\d{2}(?=[ -]?[a-z\d])/giu;
/** More characters than any IBAN has, each with a space behind it. */
const IBAN_CHARS_MAX = 34 * 2;

/** IBANs; one with wrong check digits only where it is called an IBAN, for a typing error doesn't make it public. */
export const findIbans: Recogniser = (text) =>
  [...text.matchAll(IBAN_START)].flatMap((match) => ibanAt(text, match.index, (match[1] ?? '').toUpperCase()));

function ibanAt(text: string, start: number, country: string): PersonalData[] {
  const chars = countrySpecs[country]?.chars;
  if (!chars) return [];
  const window = text.slice(start, start + IBAN_CHARS_MAX);
  const [found] = new RegExp(`^[a-z\\d](?:[ -]?[a-z\\d]){${chars - 1}}(?![\\p{L}\\d])`, 'iu').exec(window) ?? [];
  if (!found) return [];
  const isCalledSo = /iban\P{L}{0,12}(?:(?:is|ist|est|es|lautet)\P{L}{0,4})?$/iu.test(textBefore(text, start));
  if (!isCalledSo && !isValidIBAN(found.replaceAll(/[ -]/g, '').toUpperCase())) return [];
  return [{ kind: 'iban', start, end: start + found.length, text: found }];
}
