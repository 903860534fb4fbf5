// Postal addresses as the English, Germans, French and Spanish write them: street and number, with the place behind it, and
// post codes whose form gives them away.
import { search, type Pattern, type Recogniser } from './personal-data.js';

const STREET =
  'Street|Road|Avenue|Lane|Boulevard|Terrace|Crescent|Gardens|Highway|Parkway|Square|Court|Drive|Close|Place|Mews|Way|Grove|Hill|Row|St|Rd|Ave|Ln|Dr|Blvd|Ct|Sq|Pl|Hwy|Pkwy';
const UNIT = String.raw`(?:,?\s(?:Apt|Apartment|Suite|Ste|Flat|Unit|Floor|#)\.?\s?#?[A-Za-z]?\d{1,5}[A-Za-z]?)?`;
const STATES =
  'AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC';
const PLACE = String.raw`\p{Lu}[\p{L}'’.-]{1,30}(?:[ -](?:(?:am|an der|im|bei|sur|de|la|le|sous|del|upon|on)[ -])?\p{Lu}[\p{L}'’.-]{1,30}){0,3}`;
/** British post code areas. */
const AREAS =
  'A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE';
const GB_CODE = String.raw`(?:${AREAS})\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2}`;
/** What may stand behind a street: a town, a post code and a town, or the American order. */
const TOWN = String.raw`(?:[,;]?\s{1,3}(?:(?:${PLACE},?\s)?(?:(?:${STATES})\s\d{5}(?:-\d{4})?|${GB_CODE})|(?:D-|A-|CH-|F-|E-)?\d{4,5}\s${PLACE}|\d{5}(?!\d))|,\s${PLACE}(?=[\s.,;!?]|$))?`;

/** Words with a small or a capital first letter: `i` would make every letter a capital one. */
const cased = (words: string) => words.replaceAll(/(?<=^|\|)\p{L}/gu, (letter) => `[${letter}${letter.toUpperCase()}]`);

/** Compounds that end like a street and are none. */
const NO_STREET =
  /^(?:sitz|park|stell|arbeits|steh|spiel|camping|zelt|lade|studien|ausbildungs|fenster|gang|schlaf|abstell|tabellen|lager|speicher|ehe|ohr|ver|sie|he|vor|hin|rück|liefer|zahlungs|aus|um|heim|lebens|versand|ein)(?:platz|ring|weg|gang)/iu;
const NO_STREET_NAME =
  /^\d+\s(?:minutes?|mins?|hours?|days?|way|lane|km|miles?|metres?|meters?|more|other|new|wrong|of|the|times|different|major|main roads)\s/iu;

const PATTERNS: Pattern[] = [
  {
    kind: 'address',
    pattern: new RegExp(
      String.raw`(?<![\p{L}\d.,#-])\d{1,5}[A-Za-z]?(?:-\d{1,5})?,?\s(?:(?:N|S|E|W|North|South|East|West)\.?\s)?(?:(?:\p{Lu}[\p{L}'’.-]{0,30}|\d{1,3}(?:st|nd|rd|th))\s){1,4}(?:${STREET})(?![\p{L}\d])\.?${UNIT}${TOWN}`,
      'gu',
    ),
    isReal: (found) => !NO_STREET_NAME.test(found),
  },
  {
    kind: 'address',
    pattern: new RegExp(
      String.raw`(?<![\p{L}\d.,#-])\d{1,5}[a-z]?\s(?:[\p{L}'’-]{2,30}\s){1,2}(?:street|road|avenue|boulevard|crescent|terrace)(?!\p{L})${UNIT}`,
      'giu',
    ),
    isReal: (found) => !NO_STREET_NAME.test(found),
  },
  {
    kind: 'address',
    pattern: /(?<!\p{L})(?:p\.?\s?o\.?\s?box|postfach|boîte postale|apartado(?: de correos)?)\s\d{1,6}/giu,
  },
  {
    kind: 'address',
    pattern: new RegExp(String.raw`(?<![\p{L}\d])${PLACE},?\s(?:${STATES})\s\d{5}(?:-\d{4})?(?![\d-])`, 'gu'),
  },
  {
    kind: 'address',
    pattern: new RegExp(String.raw`(?<![\p{L}\d-])(?:${AREAS})\d[A-Z\d]?\s\d[ABD-HJLNP-UW-Z]{2}(?![\p{L}\d])`, 'gu'),
  },
  {
    kind: 'address',
    pattern:
      /(?<!\p{L})(?:zip(?: ?code)?|post ?code|plz|postleitzahl|code postal|código postal)(?:\s(?:is|ist|est|es|lautet))?[\s:]{1,3}(?<found>(?=[A-Z]{0,2}\d)[A-Z\d]{2,5}(?:[ -]?\d[A-Z\d]{0,3})?)(?![\p{L}\d])/giu,
  },
  {
    kind: 'address',
    pattern: new RegExp(
      String.raw`(?<!\p{L})(?:\p{Lu}[\p{L}.-]{0,30}\s){0,2}[\p{Lu}][\p{L}-]{1,30}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|chaussee|promenade|steig|markt)\s?\d{1,4}\s?[a-zA-Z]?(?:\s?[-–/]\s?\d{1,4}[a-z]?)?(?![\p{L}\d]|[.,]\d)${TOWN}`,
      'gu',
    ),
    isReal: (found) => !found.split(/\s/).some((word) => NO_STREET.test(word)),
  },
  {
    kind: 'address',
    pattern: new RegExp(
      String.raw`(?<!\p{L})(?:\p{Lu}[\p{L}-]{1,30}(?:er|en|-Straße)?[ -]){1,3}(?:Straße|Strasse|Str\.|Weg|Platz|Allee|Damm|Ufer|Ring)\s\d{1,4}\s?[a-z]?(?![\p{L}\d]|[.,]\d)${TOWN}`,
      'gu',
    ),
  },
  {
    kind: 'address',
    pattern: new RegExp(
      String.raw`(?<!\p{L})(?:Am|An der|An den|Im|In der|In den|Zum|Zur|Auf der|Auf dem|Unter den|Hinter der)\s\p{Lu}[\p{L}-]{1,30}(?:\s\p{Lu}[\p{L}-]{1,30})?\s\d{1,4}\s?[a-z]?,?\s{1,3}(?:D-)?\d{5}\s${PLACE}`,
      'gu',
    ),
  },
  {
    kind: 'address',
    pattern: new RegExp(
      String.raw`(?<=(?:wohne?(?:n|haft)?(?: jetzt)?|ziehe|umgezogen|gezogen) (?:in|nach) )\d{5}\s${PLACE}`,
      'gu',
    ),
  },
  {
    kind: 'address',
    pattern: new RegExp(
      String.raw`(?<![\p{L}\d.,-])\d{1,4}\s?(?:bis|ter|quater)?,?\s(?:${cased('rue|avenue|av\\.|boulevard|bd|bld|chemin|allée|impasse|quai|faubourg')})\s(?:(?:de|du|des|la|le|les|à|au|aux)\s|[ldLD]['’]){0,3}[\p{L}][\p{L}'’-]{1,30}(?:[ -](?:(?:de|du|des|la|le)\s)?\p{Lu}[\p{L}'’-]{1,30}){0,4}${TOWN}`,
      'gu',
    ),
  },
  {
    kind: 'address',
    pattern: new RegExp(
      String.raw`(?<![\p{L}\d.,-])\d{1,4}\s?(?:bis|ter)?,?\s(?:${cased('place|cours|route|square|passage')})\s(?:(?:de|du|des|la|le|les)\s|[ldLD]['’]){0,3}\p{Lu}[\p{L}'’-]{1,30}(?:[ -](?:(?:de|du|des|la|le)\s)?\p{Lu}[\p{L}'’-]{1,30}){0,4}${TOWN}`,
      'gu',
    ),
  },
  {
    kind: 'address',
    pattern: new RegExp(
      String.raw`(?<!\p{L})(?:${cased('calle|c\\/|avda\\.?|avenida|plaza|pza\\.?|paseo|camino|carretera|ronda|travesía')})\s(?:(?:de|del|la|las|los|el)\s){0,3}[\p{L}][\p{L}'’-]{1,30}(?:\s(?:(?:de|del|la|las|los|y)\s){0,2}[\p{L}][\p{L}'’-]{1,30}){0,3}?,?\s(?:n[ºo°]?\.?\s?|número\s)?(?:\d{1,4}(?![\p{L}\d]|[.,]\d)|s\/n)(?:,?\s\d{1,2}[ºª°](?:\s?[A-Za-z](?!\p{L}))?)?${TOWN}`,
      'gu',
    ),
  },
];

/** Streets with a number and what follows them, P.O. boxes, and post codes that can be nothing else or are called so. */
export const findAddresses: Recogniser = (text) => search(text, PATTERNS);
