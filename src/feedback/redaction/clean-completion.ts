// An answer that was written to one person becomes an answer to anybody: its greeting goes with the name in it.
import { findPersonalData, redact, type PersonalDataKind, type RedactionOptions } from './redact.js';

const GREETING =
  /^\s*(?:hi|hey|hello|dear|hallo|liebe[rs]?|guten (?:tag|morgen|abend)|sehr geehrte[rs]?|bonjour|bonsoir|chère?|hola|querid[oa]|estimad[oa]|good (?:morning|afternoon|evening))(?:\s(?:mr|mrs|ms|miss|mx|dr|prof|herrn?|frau|m|mme|mlle|monsieur|madame|sr|sra|srta|señora?)\.?){0,2}\s\[name\]\s*[,.!:]*\s*/iu;

/** The text without personal data, and which kinds are left as placeholders: the model would learn to say those. */
export function cleanCompletion(text: string, options: RedactionOptions): { text: string; leaked: PersonalDataKind[] } {
  const redacted = redact(text, options);
  const kinds = findPersonalData(text, options).map(({ kind }) => kind);
  const rest = redacted.replace(GREETING, '');
  if (rest === redacted || rest === '') return { text: redacted, leaked: kinds };
  return { text: rest.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase()), leaked: kinds.filter(isLeftIn(rest)) };
}

const isLeftIn = (text: string) => (kind: PersonalDataKind) => text.includes(`[${kind}]`);
