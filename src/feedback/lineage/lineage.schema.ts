// The shape of a version's lineage over REST: type, validation and documentation in one.
import { z } from 'zod';
import { versionTextSchema } from '../../config/version-number.js';
import { exampleSchema } from '../feedback.schema.js';

const PAGE_MAX = 200;
const ratingSchema = z.object({
  raterKind: z.enum(['customer', 'agent']),
  raterId: z.string().describe("A conversation's id or an agent's name."),
  value: z.enum(['up', 'down']),
  reasons: z.array(z.string()),
  createdAt: z.iso.datetime({ offset: true }),
});

/** A version in the address; 0, the base model, has learnt nothing. */
export const learntVersionSchema = versionTextSchema.min(1);
export const lineageQuerySchema = z.object({
  after: z
    .string()
    .regex(/^\d{1,10}:[0-9a-f-]{36}$/, 'as in `next`')
    .optional()
    .describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
});

/** An answer whose feedback says what the example says. */
export const lineageSourceSchema = z.object({
  messageId: z.uuid(),
  conversationId: z.uuid(),
  customerId: z.string(),
  adapterVersion: z.int().nullable().describe('The version that wrote the answer.'),
  promptVersion: z.int().nullable(),
  ratings: z.array(ratingSchema),
  correction: z
    .object({ id: z.uuid(), agent: z.string(), createdAt: z.iso.datetime({ offset: true }) })
    .nullable()
    .describe('The newest one.'),
});
export const lineageExampleSchema = exampleSchema
  .pick({ id: true, kind: true, slice: true, status: true, question: true, completion: true, weight: true })
  .extend({
    version: z.int().describe('The version whose run was given it: this one or a parent.'),
    runId: z.uuid(),
    split: z.string().describe('Trained on, or judged by.'),
    group: z.string().describe('New to the parent, or replayed.'),
    raterKind: z.enum(['customer', 'agent']).nullable(),
    raterId: z.string().nullable(),
    sources: z.array(lineageSourceSchema).describe('At most 20; duplicates merge into one example.'),
  });
export const lineageSchema = z.object({
  versions: z
    .array(
      z.object({
        version: z.int(),
        parentVersion: z.int(),
        runId: z.uuid().nullable(),
        examples: z.int().describe('Examples that its run was given and that are still there.'),
        erasedExamples: z.int().describe('Examples of customers erased since.'),
        createdAt: z.iso.datetime(),
      }),
    )
    .describe('The version and its parents, newest first.'),
  examples: z.array(lineageExampleSchema),
  next: z.string().nullable().describe('Send it as `after` for the next page; null on the last.'),
});
export type Lineage = z.infer<typeof lineageSchema>;
