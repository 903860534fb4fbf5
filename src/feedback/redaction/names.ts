// Names of people, only where something marks them: "my name is", a title, a greeting, a signature. A list of first names would
// take "Rose", "Grant" and "Will" out of every text.
import type { PersonalData, Recogniser } from './personal-data.js';

interface Mark {
  /** What stands in front of a name; sticky search goes on behind it. */
  mark: RegExp;
  /** Capitalised words there must be at least. */
  words: number;
  /** Whether the name may be in small letters, as people type it. */
  small?: boolean;
  /** What must stand behind. */
  behind?: RegExp;
}

const WORD = String.raw`(?:\p{Lu}\.|\p{Lu}[\p{L}'’-]{0,30})`;
const PARTICLE = '(?:van|von|vom|de|del|della|der|den|di|da|la|le|las|los|bin|ibn|al|el|zu|zur|dos|du|ter|y)';
const NAME = new RegExp(
  String.raw`(?:${PARTICLE}[ \t]+){0,2}${WORD}(?:(?:[ \t]+${PARTICLE}){0,2}[ \t]+${WORD}){0,3}`,
  'yu',
);
const SMALL_NAME = /\p{L}[\p{L}'’-]{1,30}(?:[ \t]+\p{L}[\p{L}'’-]{1,30})?/uy;

const MARKS: Mark[] = [
  {
    mark: /(?<!\p{L})(?:my (?:full |last |first |maiden |legal )?name(?:[’']s| is)|(?:mein(?:e[nr])? (?:voller |ganzer )?(?:name|vorname|nachname) (?:ist|lautet))|ich hei(?:ß|ss)e|je m[’']appelle|mon (?:nom|prénom)(?: complet)? est|me llamo|mi (?:nombre|apellido)(?: completo)? es)[ \t]*:?[ \t]*(?:mr\.?|mrs\.?|ms\.?|dr\.?|herr|frau)?[ \t]*/giu,
    words: 1,
    small: true,
  },
  {
    mark: /(?<!\p{L})(?:you can call me|please call me|call me|friends call me|nennen sie mich|appelez-moi|llámame)[ \t]+/giu,
    words: 1,
  },
  {
    mark: /(?<!\p{L})(?:i am|i[’']m|ich bin|hier (?:ist|spricht|schreibt)|je suis|soy|aquí)[ \t]+(?:(?:der|die|the|el|la)[ \t]+)?/giu,
    words: 2,
  },
  {
    mark: /(?<!\p{L})(?:this is|it is|it[’']s|hier (?:ist|spricht)|ici|soy)[ \t]+/giu,
    words: 1,
    behind:
      /^,?[ \t]+(?:speaking|here|calling|writing|from|again|am apparat|von der|von|vom|à l[’']appareil|al habla)(?!\p{L})/iu,
  },
  {
    mark: /(?<!\p{L})(?:Mr|Mrs|Ms|Miss|Mister|Mx|Dr|Prof|Sir|Herrn?|Frau|Fräulein|Familie|Mme|Mlle|Monsieur|Madame|Mademoiselle|Sr|Sra|Srta|Señora?|Señorita|Don|Doña|Signora?|Professor|Doctor|MR|MRS|MS|HERRN?|FRAU)\.?[ \t]+(?:(?:Dr|Prof|med)\.[ \t]*){0,3}/gu,
    words: 1,
  },
  { mark: /(?<![\p{L}\d]|\d[ \t])M\.[ \t]+/gu, words: 1 },
  {
    mark: /(?<!\p{L})(?:Hi|Hey|Hello|Dear|Hallo|Liebe[rs]?|Guten (?:Tag|Morgen|Abend)|Bonjour|Bonsoir|Salut|Chère?|Hola|Querid[oa]|Estimad[oa]|Buen[oa]s (?:días|tardes|noches)|Good (?:morning|afternoon|evening))[ \t]+/gu,
    words: 1,
    behind: /^[ \t]*(?:[,!.\n]|$)/,
  },
  {
    mark: /(?<!\p{L})(?:(?:best|kind|warm|many) regards|regards|sincerely|yours (?:truly|faithfully)|cheers|many thanks|thanks|thank you|mit (?:freundlichen|besten|vielen) grü(?:ß|ss)en|(?:viele|beste|liebe|freundliche) grü(?:ß|ss)e|mfg|lg|vg|cordialement|bien à vous|(?:un )?saludos?(?: cordiales)?|atentamente|gracias|merci|danke)[ \t]*[,.!]?[ \t]*\n{1,2}[ \t]*/giu,
    words: 1,
    behind: /^[ \t]*(?:\n|$)/,
  },
  {
    mark: /(?<!\p{L})(?:best regards|kind regards|regards|sincerely|mfg|lg|cordialement|saludos|atentamente|mit freundlichen grü(?:ß|ss)en|viele grü(?:ß|ss)e),[ \t]+/giu,
    words: 1,
    behind: /^[ \t]*\.?[ \t]*(?:\n|$)/,
  },
  {
    mark: /(?<=^|[\n,;.(][ \t]*|(?:full|my|your|customer|last|first|passenger|guest|patient|recipient|vollständiger|votre|su)[ \t]+)(?:name|vorname|nachname|nom|prénom|nombre|apellidos?|surname|account holder|card ?holder(?: name)?|kontoinhaber(?:in)?|karteninhaber(?:in)?|titulaire|titular|recipient|empfänger(?:in)?)[ \t]*:[ \t]*/giu,
    words: 1,
    small: true,
  },
];

/** Words that stand where a name could: what people are, and how a sentence goes on. Lower case. */
const NOT_NAMES = new Set(
  [
    // English
    'a an the and or but if i my me we you your he she it they is are was on in at of for from to with by as not no yes so very too also',
    'still already just only now here there wrong right different missing incorrect correct misspelled misspelt spelled spelt shown listed printed',
    'written registered displayed changed being been going having trying looking calling happy sorry sure unable able new old currently what which',
    'customer client user member owner student support service team everyone everybody all folks guys sir madam agent admin administrator manager bot',
    'premium gold silver business account card bank order company please thanks thank regards customers hello hi good morning help desk office world',
    'english german french spanish british american under associated on both hyphenated longer because when since that this these how why who bye',
    'mr mrs ms miss mx dr prof many best kind warm',
    // German
    'herr herrn frau familie viele vielen beste besten liebe lieben freundliche freundlichen mit',
    'kunde kundin student studentin nutzer nutzerin mitglied besitzer besitzerin inhaber inhaberin neukunde rentner rentnerin und oder aber der die das den dem',
    'ein eine einen ist nicht falsch anders geändert auf in im am an mit bei zu von seit ihr ihre sie wir kundenservice kunden zusammen leider hier damen herren',
    // French
    'client cliente monsieur madame mesdames messieurs mademoiselle bonjour et ou mais le la les un une est pas mal sur dans au aux avec tous toutes merci mme mlle m',
    // Spanish
    'cliente usuario usuaria señor señora señores hola y o pero el los las es está no mal en con mi su gracias todos equipo nuevo sr sra srta don doña',
  ]
    .join(' ')
    .split(' '),
);

/** Marked names. The mark stays in the text ("Mr [name]"), for it says nothing about who. */
export const findNames: Recogniser = (text) =>
  MARKS.flatMap((rule) =>
    [...text.matchAll(rule.mark)].flatMap((match) => {
      const start = match.index + match[0].length;
      const end = capitalised(text, start, rule.words) ?? (rule.small ? small(text, start) : undefined);
      if (end === undefined || (rule.behind && !rule.behind.test(text.slice(end, end + 20)))) return [];
      return [{ kind: 'name', start, end, text: text.slice(start, end) } satisfies PersonalData];
    }),
  );

/** Where a name of at least so many capitalised words ends, before the first word that is none. */
function capitalised(text: string, start: number, wordsMin: number): number | undefined {
  const words = namelike(match(NAME, text, start));
  const count = words.filter((word) => /^\p{Lu}/u.test(word)).length;
  return count < wordsMin ? undefined : endOf(text, start, words);
}

function small(text: string, start: number): number | undefined {
  const words = namelike(match(SMALL_NAME, text, start));
  return words.length === 0 ? undefined : endOf(text, start, words);
}

/** The words before the first that is no name; a particle at the end belongs to what follows. */
function namelike(found: string | undefined): string[] {
  const words = found?.split(/[ \t]+/) ?? [];
  const isNone = (word: string) =>
    NOT_NAMES.has(word.toLowerCase().replace('.', '')) && !/^(?:la|le|les|el|los|las|y)$/.test(word);
  const first = words.findIndex(isNone);
  const kept = first < 0 ? words : words.slice(0, first);
  while (kept.length > 0 && new RegExp(`^${PARTICLE}$`).test(kept.at(-1) ?? '')) kept.pop();
  return kept;
}

function endOf(text: string, start: number, words: readonly string[]): number {
  return words.reduce((at, word) => text.indexOf(word, at) + word.length, start);
}

function match(pattern: RegExp, text: string, start: number): string | undefined {
  const sticky = new RegExp(pattern);
  sticky.lastIndex = start;
  return sticky.exec(text)?.[0];
}
