// Phone numbers. Order numbers, dates and prices look alike, so a number must be valid somewhere *and* be written like a phone number,
// begin with a country code, or be called one.
import { findPhoneNumbersInText, isSupportedCountry, type CountryCode } from 'libphonenumber-js/max';
import { digitsOf, search, textBefore, type Pattern, type PersonalData, type Recogniser } from './personal-data.js';

/** Customers of these countries are understood without a country code, unless `INTAKE_COUNTRIES` says otherwise. */
export const DEFAULT_COUNTRIES = ['US', 'GB', 'DE', 'FR', 'ES', 'AT', 'CH'] as const satisfies CountryCode[];

const CALLED =
  /(?<!\p{L})(?:(?:tele)?phone|mobile|cell|tel|fax|whats ?app|sms|text me (?:at|on)|(?:call|ring|reach) (?:me|us|him|her|back)?|dial|telefon\p{L}*|handy\p{L}*|mobil\p{L}*|ruf\p{L}*|erreich\p{L}*|téléphone|portable|appele[zr]|joindre|teléfono|móvil|llám\p{L}*|llam\p{L}*|hotline|(?:my|new|meine|neue|mon|mi) (?:number|nummer|numéro|número))(?!\p{L})\P{N}{0,20}$/iu;
/** What is numbered and has no telephone. */
const THING =
  /(?<!\p{L})(?:order|bestell\p{L}*|auftrag\p{L}*|commande|pedido|invoice|rechnung\p{L}*|facture|factura|ticket|ref(?:erence|erenz|érence|erencia)?|customer|kunden\p{L}*|client|cliente|article|artikel\p{L}*|sku|isbn|ean|upc|imei|serial|seriennummer|tracking|shipment|parcel|sendung\p{L}*|paket\p{L}*|colis|vorgang\p{L}*|konto\p{L}*|account|case|code|version|model|part|[#№$€£¥])(?: ?(?:nr|no|id|n°|nº|#|number|nummer|numéro|número))?[\s.:#-]{0,3}(?:is|ist|est|es|lautet)?[\s.:#-]{0,3}$/iu;
const NUMBER =
  /(?<!\p{L})(?:nr|no|id|n°|nº|number|nummer|numéro|número)[\s.:#-]{0,3}(?:is|ist|est|es|lautet)?[\s.:#-]{0,3}$/iu;
const DATE_LIKE = /^\(?(?:\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d{2})(?!\d)/;
const UNIT_BEHIND = /^\s?(?:[€$£%]|eur|usd|gbp|euros?|dollars?|pounds?|kg|km|mb|gb|kwh)(?!\p{L})/iu;
/** Enough digits near each other for a phone number; anything else needs no look. */
const MANY_DIGITS = /\d(?:[\s()./-]{0,3}\d){5}/;

/** A row of digits that is no list of phone numbers, but would take the library seconds. */
const ENDLESS = /\d(?:[\s()./-]{0,3}\d){60,}/g;

/** How phone numbers are written where nobody says that they are one. */
const SHAPES = [
  /^(?:\+|00)[1-9]/,
  /^\(?0\d[\d\s()./-]{6,}$/,
  /^\(?[2-9]\d{2}\)?[ .-]{1,2}\d{3}[ .-]\d{4}$/,
  /^[6-9]\d{2}([ .-])\d{3}\1\d{3}$/,
  /^[6-9]\d{2}([ .-])\d{2}\1\d{2}\1\d{2}$/,
];

const MARKED: Pattern[] = [
  // A country code says it all, valid or not.
  { kind: 'phone', pattern: /(?<![\p{L}\d+])\+[1-9](?:[\s()./-]{0,3}\d){8,14}(?!\d)/gu },
  {
    kind: 'phone',
    pattern: /(?<![\p{L}\d.]|\d[,-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-.])\d{3}[-.]\d{4}(?![\p{L}\d]|[-.]\d)/gu,
    isReal: (_found, before) => !THING.test(before),
  },
  {
    kind: 'phone',
    pattern: /(?<![\p{L}\d]|\d[.,-])\(?\d(?:[ ()./-]{0,2}\d){5,14}(?![\p{L}\d]|[.,-]\d)/gu,
    isReal: (found, before) => isCalled(before) && !DATE_LIKE.test(found) && digitsOf(found).length <= 15,
  },
];

/** Phone numbers of the options' countries, of any country with its code, and whatever is called a phone number. */
export const findPhones: Recogniser = (text, { countries = DEFAULT_COUNTRIES, locale }) => {
  if (!MANY_DIGITS.test(text)) return [];
  const marked = search(text, MARKED);
  const searched = text.replaceAll(ENDLESS, (digits) => ' '.repeat(digits.length));
  const valid = [...new Set([...countryOf(locale), ...countries])].flatMap((country) =>
    findPhoneNumbersInText(searched, country).map(({ startsAt, endsAt }) => found(text, startsAt, endsAt)),
  );
  return [...marked, ...valid.filter((phone) => isWrittenLikeOne(text, phone))];
};

/** Whether the words in front say that a phone number comes: "call me about order 17" doesn't. */
function isCalled(before: string): boolean {
  return CALLED.test(before) && !THING.test(before);
}

function countryOf(locale: string | undefined): CountryCode[] {
  const region = locale ? new Intl.Locale(locale).maximize().region : undefined;
  return region && isSupportedCountry(region) ? [region] : [];
}

const found = (text: string, start: number, end: number): PersonalData => ({
  ...{ kind: 'phone', start, end, text: text.slice(start, end) },
});

function isWrittenLikeOne(text: string, { start, end, text: number }: PersonalData): boolean {
  const before = textBefore(text, start);
  if (DATE_LIKE.test(number) || UNIT_BEHIND.test(text.slice(end)) || /[\p{L}\d][.,-]?$/u.test(before)) return false;
  if (isCalled(before)) return true;
  return !THING.test(before) && !NUMBER.test(before) && SHAPES.some((shape) => shape.test(number));
}
