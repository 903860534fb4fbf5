// The shapes of ratings, corrections and examples at the boundaries: one schema each for type, validation and documentation.
import { z } from 'zod';
import type { Example } from '../database/entities/example.entity.js';

const REASONS_MAX = 10;
const REASON_CHARS_MAX = 64;
const NOTE_CHARS_MAX = 2_000;
const CORRECTION_CHARS_MAX = 8_000;
const PAGE_MAX = 200;

/** What a rater says about an answer; the same over REST and socket. */
export const ratingFieldsSchema = z.strictObject({
  value: z.enum(['up', 'down']).nullable().describe('The thumb; null takes it back.'),
  reasons: z.array(z.string().trim().min(1).max(REASON_CHARS_MAX)).max(REASONS_MAX).optional(),
  note: z.string().trim().max(NOTE_CHARS_MAX).optional(),
});
export const ratingSchema = z.object({
  messageId: z.uuid(),
  raterKind: z.enum(['customer', 'agent']),
  value: z.enum(['up', 'down']).nullable(),
  reasons: z.array(z.string()),
  note: z.string().nullable(),
});

/** Tag that groups similar questions. */
export const sliceSchema = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._:/?!()'-]{0,79}$/u, 'a short tag of letters, digits and spaces')
  .describe('Groups similar questions, e.g. `card arrival`; every slice is protected by itself.');
export const newCorrectionSchema = z.strictObject({
  text: z.string().trim().min(1).max(CORRECTION_CHARS_MAX).describe('What the answer should have been.'),
  slice: sliceSchema.optional(),
  useForTraining: z.boolean().default(true),
});

export const exampleSchema = z.object({
  id: z.uuid(),
  kind: z.enum(['sft', 'preference', 'binary']),
  slice: z.string(),
  split: z
    .enum(['train', 'heldout', 'audit'])
    .describe('`heldout` examples are only ever used by the gate, `audit` ones only shown in its report.'),
  question: z.string(),
  completion: z.string(),
  rejected: z.string().nullable(),
  desirable: z.boolean().nullable(),
  weight: z.number(),
  status: z.enum(['accepted', 'quarantined']).describe('Only accepted examples are learnt from and judged by.'),
  quarantineReason: z.string().nullable().describe('Why it is held back.'),
  sourceMessageId: z.uuid(),
  firstRunId: z.uuid().nullable().describe('First training run that used it; null: new.'),
  createdAt: z.iso.datetime(),
});
export const correctionSchema = z.object({
  id: z.uuid(),
  messageId: z.uuid(),
  agent: z.string(),
  text: z.string(),
  slice: z.string().nullable(),
  useForTraining: z.boolean(),
  example: exampleSchema
    .nullable()
    .describe('What the learner will see; null when nothing new is to be learnt from it.'),
  createdAt: z.iso.datetime(),
});

export const examplesQuerySchema = z.object({
  kind: exampleSchema.shape.kind.optional(),
  split: exampleSchema.shape.split.optional(),
  status: exampleSchema.shape.status.optional(),
  slice: sliceSchema.optional(),
  new: z.enum(['true', 'false']).optional().describe('Only those that no training run has used, or only the others.'),
  before: z.uuid().optional().describe('Id of the last example of the page before.'),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
});
const countSchema = z.object({ total: z.int(), train: z.int(), heldout: z.int(), new: z.int() });
export const examplesPageSchema = z.object({
  counts: countSchema.extend({
    byKind: z.array(countSchema.extend({ kind: exampleSchema.shape.kind })),
    bySlice: z.array(
      countSchema.extend({
        slice: z.string(),
        label: z.string().describe('What it is about: the tag, or words of a question in the middle of the topic.'),
      }),
    ),
    quarantined: z.int().describe('Held back; counted in `total`, but not in `new`.'),
  }),
  examples: z.array(exampleSchema).describe('Newest first.'),
  next: z.uuid().nullable().describe('Send it as `before` for the next page; null on the last.'),
});

/** An example as clients see it. */
export function toExampleView(example: Example): z.infer<typeof exampleSchema> {
  const { id, kind, slice, split, prompt, completion, rejected, desirable, weight } = example;
  const { status, quarantineReason, sourceMessageId, firstRunId } = example;
  return {
    ...{ id, kind, slice, split, completion, rejected, desirable, weight },
    ...{ status, quarantineReason, sourceMessageId, firstRunId },
    question: prompt.at(-1)?.content ?? '',
    createdAt: example.createdAt.toISOString(),
  };
}
