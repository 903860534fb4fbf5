// The shapes of the gate's canaries over REST: each gives the type, the validation and the documentation.
import { z } from 'zod';
import type { GateCanary } from '../../database/entities/gate-canary.entity.js';
import type { GateCanaryChange } from '../../database/entities/gate-canary-change.entity.js';

const QUESTION_CHARS_MAX = 2_000;
const DEMAND_CHARS_MAX = 1_000;
const CHANGES_MAX = 500;

export const canaryIdSchema = z.uuid().describe("The canary's id.");

const demand = (what: string) =>
  z
    .string()
    .trim()
    .min(1)
    .max(DEMAND_CHARS_MAX)
    .nullable()
    .default(null)
    .describe(`${what} Case and white space don't matter.`);

export const canaryFieldsSchema = z
  .strictObject({
    question: z.string().trim().min(1).max(QUESTION_CHARS_MAX).describe('Asked of every candidate.'),
    mustContain: demand('What the answer must have in it.'),
    mustNotContain: demand('What the answer must not have in it.'),
    mustEqual: demand('What the answer must be.'),
    note: z.string().trim().max(DEMAND_CHARS_MAX).default('').describe('Why it is there.'),
  })
  .refine(
    ({ mustContain, mustNotContain, mustEqual }) => mustContain ?? mustNotContain ?? mustEqual,
    'at least one of mustContain, mustNotContain and mustEqual is needed',
  );
export type CanaryFields = z.infer<typeof canaryFieldsSchema>;

export const canarySchema = z.object({
  id: z.uuid(),
  question: z.string(),
  mustContain: z.string().nullable(),
  mustNotContain: z.string().nullable(),
  mustEqual: z.string().nullable(),
  note: z.string(),
  createdAt: z.iso.datetime(),
});
export type CanaryView = z.infer<typeof canarySchema>;
export const canaryListSchema = z.object({ canaries: z.array(canarySchema) });

export const canaryChangesQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(CHANGES_MAX).default(100),
});
export const canaryChangeListSchema = z.object({
  changes: z
    .array(
      z.object({
        id: z.string(),
        canaryId: z.uuid(),
        action: z.enum(['create', 'change', 'delete']),
        actor: z.string(),
        before: z.record(z.string(), z.unknown()).nullable(),
        after: z.record(z.string(), z.unknown()).nullable(),
        createdAt: z.iso.datetime(),
      }),
    )
    .describe('Newest first.'),
});

/** A canary as clients see it. */
export function toCanaryView({ assistantId: _, createdAt, ...canary }: GateCanary): CanaryView {
  return { ...canary, createdAt: createdAt.toISOString() };
}

/** A change as clients see it. */
export function toCanaryChangeView({ assistantId: _, createdAt, ...change }: GateCanaryChange) {
  return { ...change, createdAt: createdAt.toISOString() };
}
