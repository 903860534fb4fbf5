// The shapes of the feedback pool over REST: examples with what became of them, to look through or to take away.
import { z } from 'zod';
import { versionTextSchema } from '../../config/version-number.js';
import { exampleSchema, examplesPageSchema, examplesQuerySchema, toExampleView } from '../feedback.schema.js';
import type { PooledExample } from './pool.js';

const WORDS_CHARS_MAX = 200;

export const poolQuerySchema = examplesQuerySchema.extend({
  usedIn: versionTextSchema
    .min(1)
    .optional()
    .describe('Only those that the training run of this adapter version was given.'),
  q: z.string().trim().max(WORDS_CHARS_MAX).optional().describe('Words that the question or an answer has.'),
});

export const pooledExampleSchema = exampleSchema.extend({
  detail: z.string().nullable().describe('Why it is held back, in a sentence.'),
  raterKind: z.enum(['customer', 'agent']).nullable(),
  conversationId: z.uuid().describe('Where the answer was given that it teaches about.'),
  usedIn: z.array(z.int()).describe('Adapter versions whose training run was given it.'),
});
export const poolPageSchema = examplesPageSchema.extend({
  examples: z.array(pooledExampleSchema).describe('Newest first.'),
});

export const exportQuerySchema = poolQuerySchema.omit({ before: true, limit: true }).extend({
  format: z
    .enum(['jsonl', 'csv'])
    .default('jsonl')
    .describe('`jsonl`: the formats of OpenAI and TRL, as `retune-train` reads them; `csv`: for a spreadsheet.'),
});

/** An example of the pool as operators see it. */
export function toPooledView({ example, conversationId, usedIn }: PooledExample): z.infer<typeof pooledExampleSchema> {
  const { quarantineDetail: detail, raterKind } = example;
  return { ...toExampleView(example), detail, raterKind, conversationId, usedIn };
}
