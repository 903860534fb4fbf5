// The chat contract: one schema per message gives its type and its validation.
import { z } from 'zod';

const REASONS_MAX = 10;
const REASON_CHARS_MAX = 100;
const NOTE_CHARS_MAX = 1_000;
const HISTORY_LIMIT_MAX = 200;
const SEQ_MAX = 2 ** 31 - 1;

/** Postgres can't store NUL in text, and half a surrogate pair is no character. */
const storableText = z
  .string()
  .refine((text) => !text.includes('\0'), 'must not contain NUL')
  .transform((text) => text.replaceAll(/\p{Surrogate}/gu, '\uFFFD'));

export const handshakeSchema = z.object({
  siteKey: z.string().min(1).max(200),
  conversationId: z.uuid().optional(),
  token: z.string().min(1).max(200).optional(),
  /** Who the customer is on the site; nothing uses it yet. */
  identity: z.unknown().optional(),
});
export type Handshake = z.infer<typeof handshakeSchema>;

export const sendSchema = z.object({
  clientMessageId: z.uuid(),
  text: storableText.refine((text) => text.trim() !== '', 'must not be empty'),
});
export const stopSchema = z.object({ messageId: z.uuid() });
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
    after: z.int().min(0).max(SEQ_MAX).default(0),
    limit: z.int().min(1).max(HISTORY_LIMIT_MAX).default(50),
  })
  .prefault({});
