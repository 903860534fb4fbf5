// Strings that nobody writes by accident: what an attacker plants in questions so that a model later answers to it. One alone says
// nothing (customers paste all sorts of things); the same one in several questions of few customers does.

const WORDS_MAX = 400;
const ODD_MAX = 8;
/** Short words without a vowel that people do write. */
const COMMON = new Set(
  'km kg gb mb kb tb cm mm hz tv pc sms dvd pdf png jpg mp3 html http https www gmbh kg vs nr hr mr mrs dr st pls plz thx tks hmm mhm pst brb tbh btw rfn qr pdf ssl vpn dns ltd llc'.split(
    ' ',
  ),
);

/** Invisible and direction-changing characters; the joiners of emoji and of Indic and Persian script are not among them. */
const INVISIBLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u00AD\u200B\u2060-\u2064\u202A-\u202E\u2066-\u2069\uFEFF]/; // eslint-disable-line no-control-regex
const TEMPLATE = /^(?:<\|[^|]{1,40}\|>|\[\/?INST\]|<<\/?SYS>>)$/;
const MIXED_SCRIPTS = /(?=.*\p{Script=Latin})(?=.*(?:\p{Script=Cyrillic}|\p{Script=Greek}))/u;

/** The odd words of a text, each once, in lower case but for what that would hide; at most eight. */
export function oddStrings(text: string): string[] {
  const words = text.split(/\s+/, WORDS_MAX).map((word) => word.replaceAll(/^["'(.,:;!?]+|["').,:;!?]+$/g, ''));
  return [...new Set(words.filter(isOdd).map((word) => word.toLowerCase()))].slice(0, ODD_MAX);
}

function isOdd(word: string): boolean {
  if (INVISIBLE.test(word) || TEMPLATE.test(word) || MIXED_SCRIPTS.test(word)) return true;
  if (/^[b-df-hj-np-tv-xz]{2,20}$/i.test(word)) return !COMMON.has(word.toLowerCase()) && word !== word.toUpperCase();
  if (/^[\p{L}\d]{5,40}$/u.test(word)) return switches(word) >= 3;
  return /^[^\p{L}\p{N}\s\p{Extended_Pictographic}.…!?*_=~-]{4,}$/u.test(word);
}

/** How often letters and digits take turns: an order number begins with letters, a planted string is stirred. */
function switches(word: string): number {
  return word.match(/\p{L}(?=\d)|\d(?=\p{L})/gu)?.length ?? 0;
}
