// The shapes of the review queue over REST: each gives the type, the validation and the documentation.
import { z } from 'zod';
import { slugSchema } from '../../assistants/assistants.schema.js';
import { REVIEW_CAUSES, REVIEW_STATES } from '../../database/entities/review-item.entity.js';
import { newCorrectionSchema, ratingFieldsSchema, sliceSchema } from '../feedback.schema.js';

const PAGE_MAX = 200;
const REASON_CHARS_MAX = 1_000;

export const reviewsQuerySchema = z.object({
  assistant: slugSchema.optional(),
  state: z
    .enum(['open', 'submitted', 'discarded'])
    .default('open')
    .describe('`open`: pending and draft, the gravest first; the others by when they were decided, newest first.'),
  before: z.uuid().optional().describe('Id of the last item of the page before.'),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
});

/** What an agent says about an answer, in the making. */
export const reviewFieldsSchema = z.strictObject({
  value: z.enum(['up', 'down']).nullable().default(null).describe("The agent's thumb; null for none."),
  reasons: ratingFieldsSchema.shape.reasons.unwrap().default([]),
  note: ratingFieldsSchema.shape.note.unwrap().nullable().default(null),
  text: newCorrectionSchema.shape.text.nullable().default(null).describe('What the answer should have been.'),
  slice: sliceSchema.nullable().default(null),
  useForTraining: newCorrectionSchema.shape.useForTraining,
});
export type ReviewFields = z.infer<typeof reviewFieldsSchema>;

export const discardReviewSchema = z.strictObject({
  reason: z.string().trim().max(REASON_CHARS_MAX).default('').describe('Kept in the audit.'),
});

export const leaseSchema = z.object({ holder: z.string(), until: z.iso.datetime() });
export const reviewSchema = z.object({
  id: z.uuid().describe("The answer's message id."),
  assistant: slugSchema,
  conversationId: z.uuid(),
  causes: z.array(z.enum(REVIEW_CAUSES)).describe('Why it is here.'),
  score: z.int(),
  state: z.enum(REVIEW_STATES),
  lease: leaseSchema.nullable().describe('Who works on it now.'),
  question: z.string().nullable(),
  answer: z.string(),
  adapterVersion: z.int().nullable(),
  draft: reviewFieldsSchema.nullable().describe('What was said so far; after a decision, what was decided.'),
  correctionId: z.uuid().nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: z.iso.datetime().nullable(),
  flaggedAt: z.iso.datetime(),
});
export type ReviewView = z.infer<typeof reviewSchema>;

export const reviewsPageSchema = z.object({
  counts: z.object({ pending: z.int(), draft: z.int(), submitted: z.int(), discarded: z.int() }),
  reviews: z.array(reviewSchema),
  next: z.uuid().nullable().describe('Send it as `before` for the next page; null on the last.'),
});
