// Answers about what was said of an answer, the review queue, and comparisons of versions.
import * as z from 'zod/mini';
import { moment } from './moment.js';

const maybe = <T extends z.core.SomeType>(schema: T) => z.nullish(schema);
const thumb = z.enum(['up', 'down']);

/** What an agent says about an answer, in the making. */
export const draftSchema = z.object({
  value: z.nullable(thumb),
  reasons: z.array(z.string()),
  note: z.nullable(z.string()),
  text: z.nullable(z.string()),
  slice: z.nullable(z.string()),
  useForTraining: z.boolean(),
});
export type Draft = z.infer<typeof draftSchema>;

export const answerFeedbackSchema = z.object({
  messageId: z.string(),
  conversationId: z.string(),
  assistant: z.string(),
  question: z.nullable(z.string()),
  answer: z.string(),
  finishReason: z.nullable(z.string()),
  adapterVersion: z.nullable(z.number()),
  promptVersion: z.nullable(z.number()),
  memoryHits: z.number(),
  ratings: z.array(
    z.object({
      raterKind: z.enum(['customer', 'agent']),
      agent: z.nullable(z.string()),
      value: thumb,
      reasons: z.array(z.string()),
      note: z.nullable(z.string()),
      updatedAt: moment,
    }),
  ),
  corrections: z.array(
    z.object({
      id: z.string(),
      agent: z.string(),
      text: z.string(),
      slice: z.nullable(z.string()),
      useForTraining: z.boolean(),
      counts: z.boolean(),
      run: z.nullable(z.object({ id: z.string(), status: z.string() })),
      createdAt: moment,
    }),
  ),
  example: maybe(z.object({ kind: z.string(), status: z.string(), quarantineReason: maybe(z.string()) })),
});
export type AnswerFeedback = z.infer<typeof answerFeedbackSchema>;
export type AnswerCorrection = AnswerFeedback['corrections'][number];

export const correctionMadeSchema = z.object({ id: z.string() });

export const personalDataSchema = z.object({
  findings: z.array(z.object({ kind: z.string(), start: z.number(), end: z.number(), text: z.string() })),
  learnt: z.string(),
  heldBack: z.boolean(),
});

export const reviewSchema = z.object({
  id: z.string(),
  assistant: z.string(),
  conversationId: z.string(),
  causes: z.array(z.string()),
  state: z.enum(['pending', 'draft', 'submitted', 'discarded']),
  lease: z.nullable(z.object({ holder: z.string(), until: moment })),
  question: z.nullable(z.string()),
  answer: z.string(),
  adapterVersion: z.nullable(z.number()),
  draft: z.nullable(draftSchema),
  correctionId: z.nullable(z.string()),
  decidedBy: z.nullable(z.string()),
  decidedAt: z.nullable(moment),
  flaggedAt: moment,
});
export type Review = z.infer<typeof reviewSchema>;

export const reviewsPageSchema = z.object({
  counts: z.object({ pending: z.number(), draft: z.number(), submitted: z.number(), discarded: z.number() }),
  reviews: z.array(reviewSchema),
  next: z.nullable(z.string()),
});

export const blindComparisonSchema = z.object({
  id: z.string(),
  messageId: z.string(),
  question: z.string(),
  a: z.string(),
  b: z.string(),
});
export type BlindComparison = z.infer<typeof blindComparisonSchema>;

const versionAnswer = z.object({ version: z.number(), text: z.string() });
export const comparisonSchema = z.object({
  id: z.string(),
  messageId: z.string(),
  a: versionAnswer,
  b: versionAnswer,
  vote: z.nullable(z.enum(['a', 'b', 'both', 'neither', 'same'])),
  votedBy: z.nullable(z.string()),
  votedAt: z.nullable(moment),
});
export type Comparison = z.infer<typeof comparisonSchema>;

const two = z.tuple([z.number(), z.number()]);
export const comparisonListSchema = z.object({
  pairs: z.array(z.object({ versions: two, wins: two, both: z.number(), neither: z.number(), same: z.number() })),
  comparisons: z.array(comparisonSchema),
});
