// The shapes of side-by-side comparisons over REST: each gives the type, the validation and the documentation.
import { z } from 'zod';
import { versionSchema } from '../../config/version-number.js';
import type { Comparison } from '../../database/entities/comparison.entity.js';

export const newComparisonSchema = z
  .strictObject({
    versions: z
      .tuple([versionSchema, versionSchema])
      .refine(([one, other]) => one !== other, 'two different versions')
      .optional()
      .describe('Default: the champion and the newest other version. 0 is the base model.'),
  })
  .default({});
export const voteSchema = z.strictObject({
  vote: z.enum(['a', 'b', 'both', 'neither']).nullable().describe('The better answer; null takes the vote back.'),
  useForTraining: z.boolean().default(true),
});

/** Before the vote nobody is told which version is which. */
export const blindComparisonSchema = z.object({
  id: z.uuid(),
  messageId: z.uuid().describe('The answer whose question was asked again.'),
  question: z.string().describe('As it was asked of both: without personal data.'),
  a: z.string(),
  b: z.string(),
});
export const comparisonSchema = z.object({
  id: z.uuid(),
  messageId: z.uuid(),
  a: z.object({ version: z.int(), text: z.string() }),
  b: z.object({ version: z.int(), text: z.string() }),
  vote: z.enum(['a', 'b', 'both', 'neither', 'same']).nullable(),
  useForTraining: z.boolean(),
  votedBy: z.string().nullable(),
  votedAt: z.iso.datetime().nullable(),
});
export type ComparisonView = z.infer<typeof comparisonSchema>;

export const comparisonListSchema = z.object({
  pairs: z
    .array(
      z.object({
        versions: z.tuple([z.int(), z.int()]).describe('The lower number first.'),
        wins: z.tuple([z.int(), z.int()]).describe('How often each was preferred.'),
        both: z.int(),
        neither: z.int(),
        same: z.int().describe('Questions that both answered alike.'),
      }),
    )
    .describe('The newest versions first.'),
  comparisons: z.array(comparisonSchema).describe('What was voted on, newest first, at most 50.'),
});

export function toComparisonView(comparison: Comparison): ComparisonView {
  const { id, messageId, aVersion, aText, bVersion, bText, vote, useForTraining, votedBy, votedAt } = comparison;
  return {
    ...{ id, messageId, vote, useForTraining, votedBy, votedAt: votedAt?.toISOString() ?? null },
    ...{ a: { version: aVersion, text: aText }, b: { version: bVersion, text: bText } },
  };
}
