// The shapes of what agents see and ask beside one answer: each gives the type, the validation and the documentation.
import { z } from 'zod';
import { slugSchema } from '../../assistants/assistants.schema.js';
import { correctionSchema, exampleSchema, newCorrectionSchema, ratingSchema } from '../feedback.schema.js';

export const answerRatingSchema = ratingSchema.omit({ messageId: true, value: true }).extend({
  value: z.enum(['up', 'down']),
  agent: z.string().nullable().describe("The agent's name; null where the customer rated."),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export const answerCorrectionSchema = correctionSchema.omit({ messageId: true, example: true }).extend({
  counts: z.boolean().describe('Whether it is the newest one: only that is remembered and learnt.'),
  run: z
    .object({ id: z.uuid(), status: z.string() })
    .nullable()
    .describe('The newest training run that was asked to teach it.'),
});

export const answerFeedbackSchema = z.object({
  messageId: z.uuid(),
  conversationId: z.uuid(),
  assistant: slugSchema,
  question: z.string().nullable().describe('What the customer asked; null where that message is gone.'),
  answer: z.string().describe('What was shown.'),
  finishReason: z.string().nullable(),
  adapterVersion: z.int().nullable(),
  promptVersion: z.int().nullable(),
  memoryHits: z.int().describe('Remembered corrections that it was made from.'),
  ratings: z.array(answerRatingSchema).describe('Newest first.'),
  corrections: z.array(answerCorrectionSchema).describe('Newest first, at most 100.'),
  example: exampleSchema.nullable().describe('What the learner sees of all this now.'),
});
export type AnswerFeedbackView = z.infer<typeof answerFeedbackSchema>;

export const textToCheckSchema = z.strictObject({ text: newCorrectionSchema.shape.text });
export const personalDataSchema = z.object({
  findings: z.array(
    z.object({
      kind: z.string().describe('`email`, `phone`, `name`, …'),
      start: z.int().describe('UTF-16 index.'),
      end: z.int(),
      text: z.string(),
    }),
  ),
  learnt: z.string().describe('The text as it would be learnt and remembered.'),
  heldBack: z
    .boolean()
    .describe('True: it can’t do without somebody’s data, so it would be kept out of training and memory.'),
});
