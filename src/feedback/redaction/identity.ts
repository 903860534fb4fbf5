// E-mail and network addresses, numbers that states give to people (with their check digits), and dates of birth.
import { isIPv6 } from 'node:net';
import { digitsOf, search, type Pattern, type Recogniser } from './personal-data.js';

const EMAILS: Pattern[] = [
  {
    kind: 'email',
    pattern:
      /(?<![\p{L}\p{N}._%+'-])[\p{L}\p{N}_%+'][\p{L}\p{N}._%+'-]{0,63}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,6}\p{L}{2,24}/gu,
  },
  // Written so that programs don't see it: "ada (at) example (dot) org", "ada [at] example.org".
  {
    kind: 'email',
    pattern:
      /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}][\p{L}\p{N}._%+-]{0,63}\s?[([{]\s?(?:at|ät|@|arroba|arobase)\s?[)\]}]\s?[\p{L}\p{N}-]{1,63}(?:\s?(?:\.|[([{]\s?(?:dot|punkt|point|punto)\s?[)\]}])\s?[\p{L}\p{N}-]{2,63}){1,4}/giu,
  },
  {
    kind: 'email',
    pattern: /(?<!\S)[\w.+-]{2,64} at [\w-]{2,63} dot (?:com|org|net|de|fr|es|io|eu|co|uk)\b(?: dot uk\b)?/giu,
  },
];

/** E-mail addresses, also those that hide the at sign. */
export const findEmails: Recogniser = (text) => search(text, EMAILS);

const VERSION_BEFORE =
  /(?:\bv|version|release|firmware|build|driver|update|upgrade to|rev)\.?\s*(?:is|ist|est|es|to|:)?\s*$/iu;
/** Networks that are in every home or on no machine: they say nothing about a person. */
const NOBODYS =
  /^(?:0|10|127|255)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^(?:8\.8\.[48]\.[48]|1\.[01]\.[01]\.1)$/;
const IPS: Pattern[] = [
  {
    kind: 'ip',
    pattern: /(?<![\p{L}\d]|\d\.)(?:\d{1,3}\.){3}\d{1,3}(?![\p{L}\d]|\.\d)/gu,
    isReal: (found, before) =>
      found.split('.').every((part) => Number(part) <= 255) && !NOBODYS.test(found) && !VERSION_BEFORE.test(before),
  },
  {
    kind: 'ip',
    pattern: /(?<![\p{L}\d:])(?:[\da-f]{0,4}:){2,7}[\da-f]{1,4}(?![\p{L}\d:])/giu,
    isReal: (found) => found.length > 6 && isIPv6(found) && !/^f[cde]/i.test(found),
  },
];

/** Public IPv4 and IPv6 addresses; version numbers and private networks are not. */
export const findIps: Recogniser = (text) => search(text, IPS);

const DNI_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';
const MONTHS =
  'jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|janv|fév|avr|juin|juil|août|déc|ene|abr|ago|dic';
const DATE = String.raw`\d{1,4}(?:[./-]|\. ?)\d{1,2}(?:[./-]|\. ?)\d{2,4}|\d{1,2}(?:st|nd|rd|th|er|\.)?\s(?:de\s)?(?:${MONTHS})\p{L}{0,7}\.?,?\s(?:de\s)?\d{4}|(?:${MONTHS})\p{L}{0,7}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}`;
const NUMBER_WORD = String.raw`(?:\s?(?:no\.?|nr\.?|n[°º]|number|nummer|numéro|número|id))?(?:\s(?:is|ist|est|es|lautet))?[\s:#]{0,3}`;
const PASSPORT =
  'passport|reisepass(?:nummer)?|passeport|pasaporte|personalausweis(?:nummer)?|ausweisnummer|identity card|id card|driving licen[cs]e|führerschein(?:nummer)?';
const TAX =
  'steuer-?id(?:entifikationsnummer)?|tax id|tin|ssn|social security|sozialversicherungsnummer|national insurance|nhs';

const IDS: Pattern[] = [
  { kind: 'id', pattern: /(?<![\p{L}\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\p{L}\d]|-\d)/gu },
  {
    kind: 'id',
    pattern:
      /(?<![\p{L}\d])(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![\p{L}\d])/gu,
  },
  {
    kind: 'id',
    pattern: /(?<![\p{L}\d])(?:\d{8}|[XYZ][ -]?\d{7})[ -]?[A-HJ-NP-TV-Z](?![\p{L}\d])/giu,
    isReal: (found) => isDni(found.replaceAll(/[ -]/g, '').toUpperCase()),
  },
  {
    kind: 'id',
    pattern:
      /(?<![\p{L}\d])[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?![\p{L}\d])/gu,
    isReal: isNir,
  },
  {
    kind: 'id',
    pattern: new RegExp(
      String.raw`(?<!\p{L})(?:${PASSPORT})${NUMBER_WORD}(?<found>(?=[A-Z]{0,5}\d)[A-Z\d]{6,20})(?![\p{L}\d])`,
      'giu',
    ),
  },
  {
    kind: 'id',
    pattern: new RegExp(String.raw`(?<!\p{L})(?:${TAX})${NUMBER_WORD}(?<found>\d(?:[ /-]?\d){6,13})(?!\d)`, 'giu'),
  },
  {
    kind: 'birthdate',
    pattern: new RegExp(
      String.raw`(?<!\p{L})(?:born(?: on)?(?: the)?|birth ?da(?:te|y)|date of birth|d\.?o\.?b\.?|geboren(?: am)?|geb\.|geburts(?:datum|tag)|née? le|date de naissance|nacid[oa](?: el)?|nací el|fecha de nacimiento)(?:\s(?:is|was|ist|war|est|es|on|am|le|el))?[\s:]{1,3}(?<found>${DATE})(?!\d)`,
      'giu',
    ),
  },
];

/** National ids (US, GB, ES, FR by their form and check digits; others where they are named) and dates of birth where marked. */
export const findIds: Recogniser = (text) => search(text, IDS);

/** Spain's DNI and NIE: the letter is the number modulo 23. */
function isDni(id: string): boolean {
  const number = Number(id.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter))));
  return DNI_LETTERS[number % 23] === id.at(-1);
}

/** France's NIR: the key is 97 minus the number modulo 97; Corsica's 2A and 2B count as 19 and 18. */
function isNir(found: string): boolean {
  const digits = digitsOf(found.replace('2A', '19').replace('2B', '18'));
  return digits.length === 15 && 97n - (BigInt(digits.slice(0, 13)) % 97n) === BigInt(digits.slice(13));
}
