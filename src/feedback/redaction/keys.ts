// Keys and passwords: by the prefixes their issuers give them, by their form, or because the customer says that it is one.
import { search, type Pattern, type Recogniser } from './personal-data.js';

/** Words that mark a secret, in English, German, French and Spanish. */
const SECRET = [
  ...['password', 'passcode', 'passphrase', 'passwort', 'kennwort', 'mot de passe', 'contraseña', 'clave'],
  ...[
    'api[ _-]?key',
    'access[ _-]?key',
    'secret(?:[ _-]?(?:access[ _-]?)?key)?',
    'auth(?:entication)?[ _-]?token',
    'token',
  ],
].join('|');
/** Digits alone are a secret after these. */
const SHORT_CODE = 'pin|pin code|pin-code|geheimzahl|tan|otp|code secret|código secreto|one[- ]time (?:code|password)';
const SAYS = String.raw`(?:\s+(?:is|was|ist|war|lautet|est|es)\s*:?|\s*[:=])\s*`;

const PATTERNS: Pattern[] = [
  {
    kind: 'key',
    pattern: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^]{0,8000}?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g,
  },
  { kind: 'key', pattern: /\beyJ[\w-]{8,2000}\.[\w-]{8,4000}\.[\w-]{0,2000}/g },
  { kind: 'key', pattern: /\b(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}\b/g },
  { kind: 'key', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255}|glpat-[\w-]{16,64})/g },
  { kind: 'key', pattern: /\b(?:sk|pk|rk)[-_](?:(?:live|test|proj|ant)[-_])?[A-Za-z0-9_-]{16,255}/g },
  {
    kind: 'key',
    pattern: /\b(?:xox[abeoprs]-[\w-]{10,255}|AIza[\w-]{35}|npm_[A-Za-z0-9]{30,64}|hf_[A-Za-z0-9]{30,64})/g,
  },
  { kind: 'key', pattern: /\bBearer\s+(?<found>[\w.~+/-]{16,2000}={0,2})/g },
  { kind: 'key', pattern: /\b[a-z][a-z+]{1,15}:\/\/[^\s:/@]{1,64}:(?<found>[^\s:/@]{1,128})@/g },
  {
    kind: 'key',
    pattern: new RegExp(String.raw`(?<!\p{L})(?:${SECRET})${SAYS}["'“„«]?(?<found>[^\s"'”“»]{4,200})`, 'giu'),
    isReal: (found) => /\d|[#$%&*@^~+=<>|\\]/.test(found) && !found.startsWith('['),
  },
  {
    kind: 'key',
    pattern: new RegExp(String.raw`(?<!\p{L})(?:${SHORT_CODE})${SAYS}(?<found>\d{4,8})(?![\p{L}\d]|[.,]\d)`, 'giu'),
  },
];

/** Private keys, tokens, cloud and API keys, passwords and PINs that are named as such. */
export const findKeys: Recogniser = (text) => search(text, PATTERNS);
