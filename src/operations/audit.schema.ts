// The audit over the wire: what was done to what answers, and every other write.
import { z } from 'zod';
import { deploymentSchema } from '../adapters/adapters.schema.js';
import { slugSchema } from '../assistants/assistants.schema.js';
import type { AuditEntry } from '../database/entities/audit-entry.entity.js';

const LIMIT_MAX = 500;
const WORDS_CHARS_MAX = 200;

export const auditQuerySchema = z.object({
  assistant: slugSchema
    .optional()
    .describe('Needed for `deployments`; without it, the entries of all that you may see.'),
  q: z.string().trim().max(WORDS_CHARS_MAX).optional().describe('Words that stand in an entry anywhere.'),
  actor: z.string().max(WORDS_CHARS_MAX).optional().describe('A whole name.'),
  action: z
    .string()
    .max(WORDS_CHARS_MAX)
    .optional()
    .describe('`version.promote`, or `version` for all about versions.'),
  from: z.coerce.date().optional(),
  to: z.coerce.date().optional(),
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(100),
});

export const auditEntrySchema = z.object({
  id: z.string(),
  actor: z.object({ kind: z.enum(['user', 'key', 'token', 'system']), id: z.uuid().nullable(), name: z.string() }),
  action: z.string(),
  assistant: z.string().nullable().describe('Slug.'),
  target: z.object({ kind: z.string(), id: z.string() }),
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
  reason: z.string().nullable(),
  correlationId: z.string().nullable(),
  createdAt: z.iso.datetime(),
});
export type AuditEntryView = z.infer<typeof auditEntrySchema>;

export const auditSchema = z.object({
  deployments: z.array(deploymentSchema).describe('Promotions, rollbacks and rollouts of the assistant, newest first.'),
  entries: z.array(auditEntrySchema).describe('All writes that were looked for, newest first.'),
  next: z.string().nullable(),
});

/** An entry as clients see it. @param slugs of assistants, by id */
export function toAuditEntryView(entry: AuditEntry, slugs: ReadonlyMap<string, string>): AuditEntryView {
  const { id, actorKind, actorId, actor, action, assistantId, targetKind, targetId } = entry;
  const { before, after, reason, correlationId, createdAt } = entry;
  return {
    ...{ id, action, before, after, reason, correlationId, createdAt: createdAt.toISOString() },
    actor: { kind: actorKind, id: actorId, name: actor },
    assistant: (assistantId && slugs.get(assistantId)) ?? null,
    target: { kind: targetKind, id: targetId },
  };
}
