// The shapes of the quarantine over REST: each gives the type, the validation and the documentation.
import { z } from 'zod';
import type { ExampleDecision } from '../../database/entities/example-decision.entity.js';
import type { Example } from '../../database/entities/example.entity.js';
import { exampleSchema, toExampleView } from '../feedback.schema.js';
import { QUARANTINE_REASONS } from '../trust/suspicion.js';

const REASON_CHARS_MAX = 1_000;
const PAGE_MAX = 200;

const reasonSchema = z.enum(QUARANTINE_REASONS);
export const quarantineQuerySchema = z.object({
  reason: reasonSchema.optional(),
  before: z.uuid().optional().describe('Id of the last example of the page before.'),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
});
export const quarantinedExampleSchema = exampleSchema.extend({
  detail: z.string().nullable().describe('What was seen, in a sentence.'),
  raterKind: z.enum(['customer', 'agent']).nullable(),
  raterId: z.string().nullable().describe("A customer's id or an agent's name."),
});
export const quarantinePageSchema = z.object({
  counts: z.object({
    total: z.int(),
    byReason: z.array(z.object({ reason: z.string(), total: z.int() })),
  }),
  examples: z.array(quarantinedExampleSchema).describe('Newest first.'),
  next: z.uuid().nullable().describe('Send it as `before` for the next page; null on the last.'),
});

export const decideSchema = z.strictObject({
  reason: z.string().trim().min(1).max(REASON_CHARS_MAX).describe('Why; kept in the audit.'),
});
export const decisionSchema = z.object({
  id: z.string(),
  exampleId: z.uuid(),
  decision: z.enum(['release', 'discard']),
  quarantineReason: z.string(),
  actor: z.string(),
  reason: z.string(),
  createdAt: z.iso.datetime(),
});
export const decisionsQuerySchema = z.object({ limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50) });
export const decisionsSchema = z.object({ decisions: z.array(decisionSchema).describe('Newest first.') });

/** A quarantined example as operators see it. */
export function toQuarantinedView(example: Example): z.infer<typeof quarantinedExampleSchema> {
  const { quarantineDetail: detail, raterKind, raterId } = example;
  return { ...toExampleView(example), detail, raterKind, raterId };
}

/** A decision as operators see it. */
export function toDecisionView(made: ExampleDecision): z.infer<typeof decisionSchema> {
  const { id, exampleId, decision, quarantineReason, actor, reason, createdAt } = made;
  return { id, exampleId, decision, quarantineReason, actor, reason, createdAt: createdAt.toISOString() };
}
