// The shapes of the agents' inbox over REST.
import { z } from 'zod';
import { slugSchema } from '../../assistants/assistants.schema.js';
import { versionTextSchema } from '../../config/version-number.js';
import { conversationSchema } from '../conversations.schema.js';

const LIST_MAX = 200;
const SEARCH_CHARS_MAX = 200;

/** Each conversation in which something was said, or a person asked for, is in exactly one of them. */
export const INBOX_PLACES = ['needs_human', 'assistant', 'mine', 'colleagues', 'closed'] as const;
export type InboxPlace = (typeof INBOX_PLACES)[number];

const cursor = z
  .string()
  .max(200)
  .transform((text, context): [at: string, id: string] => {
    const parsed = cursorSchema.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: 'is not a `next` of this list' });
    return z.NEVER;
  });
const cursorSchema = z.tuple([
  z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?[+-]\d{2}(:?\d{2})?$/),
  z.uuid(),
]);

export const inboxQuerySchema = z.object({
  place: z
    .enum(INBOX_PLACES)
    .describe(
      '`needs_human`: who has waited longest comes first; the others: what is newest. `mine`, `colleagues`: of the agents who took over.',
    ),
  assistant: slugSchema.optional(),
  version: versionTextSchema.optional().describe('Of the newest answer; 0: base model.'),
  rating: z.enum(['up', 'down', 'none']).optional().describe('The customer’s newest thumb.'),
  q: z
    .string()
    .trim()
    .max(SEARCH_CHARS_MAX)
    .refine((text) => !text.includes('\0'), 'must not contain NUL')
    .optional()
    .describe('Words, or beginnings of words, that stand in one message; or a customer’s or conversation’s id.'),
  after: cursor.optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(LIST_MAX).default(50),
});
export type InboxQuery = z.output<typeof inboxQuerySchema>;

export const inboxSchema = z.object({
  conversations: z.array(conversationSchema),
  next: z.string().nullable().describe('null: there are no more.'),
});

export const inboxCountsQuerySchema = z.object({ assistant: slugSchema.optional() });
export const inboxCountsSchema = z.object({
  needsHuman: z.int().describe('Conversations whose customers wait for a person.'),
  mine: z.int().describe('Conversations that you have taken over.'),
});

/** What `after` takes. */
export function cursorOf(at: string, id: string): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
