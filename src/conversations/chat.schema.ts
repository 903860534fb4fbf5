// What clients send in the chat contract: one schema per message gives its type, its validation and its row in docs/chat-protocol.md.
import { z } from 'zod';

const REASONS_MAX = 10;
const REASON_CHARS_MAX = 100;
/** Longest note of a rating, in characters. */
export const NOTE_CHARS_MAX = 1_000;
const HISTORY_LIMIT_MAX = 200;
const SEQ_MAX = 2 ** 31 - 1;
const IDENTITY_CHARS_MAX = 4_096;
const LOCALE_CHARS_MAX = 35;

/** Postgres can't store NUL in text, and half a surrogate pair is no character. */
export const storableText = z
  .string()
  .refine((text) => !text.includes('\0'), 'must not contain NUL')
  .transform((text) => text.replaceAll(/\p{Surrogate}/gu, '\uFFFD'));

/** The canonical form (`de-at` → `de-AT`); what is no language tag counts as not said, for browsers' settings are not ours to refuse. */
const locale = z
  .string()
  .transform((tag) => canonicalLocale(tag))
  .describe('Language and country of the customer (BCP 47).');

const identity = z.string().min(1).max(IDENTITY_CHARS_MAX).describe('A JWT that the website’s server signed.');

export const handshakeSchema = z.object({
  siteKey: z.string().min(1).max(200).describe('Names the assistant; public.'),
  conversationId: z.uuid().optional().describe('The conversation to go on with.'),
  token: z.string().max(200).optional().describe('Its token, from `session`.'),
  identity: identity.nullish(),
  locale: locale.nullish(),
});
export type Handshake = z.infer<typeof handshakeSchema>;

export const sendSchema = z.object({
  clientMessageId: z.uuid().describe('Made by the client; the same again is the same message.'),
  text: storableText.refine((text) => text.trim() !== '', 'must not be empty'),
});
export const stopSchema = z.object({ messageId: z.uuid().describe('The answer, or the message that it answers.') });
export const retrySchema = z.object({ messageId: z.uuid().describe('The answer.') });
export const identitySchema = z.object({ identity });
export const typingSetSchema = z.object({ isTyping: z.boolean() });
export const nothingSchema = z.object({}).prefault({});
export const ratingSchema = z.object({
  messageId: z.uuid(),
  value: z.enum(['up', 'down']).nullable(),
  reasons: z
    .array(storableText.pipe(z.string().min(1).max(REASON_CHARS_MAX)))
    .max(REASONS_MAX)
    .optional(),
  note: storableText.pipe(z.string().max(NOTE_CHARS_MAX)).optional(),
});
export const historySchema = z
  .object({
    after: z.int().min(0).max(SEQ_MAX).default(0).describe('Messages with a larger `seq`.'),
    limit: z.int().min(1).max(HISTORY_LIMIT_MAX).default(50),
  })
  .prefault({});

function canonicalLocale(tag: string): string | undefined {
  if (tag.length > LOCALE_CHARS_MAX) return undefined;
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
