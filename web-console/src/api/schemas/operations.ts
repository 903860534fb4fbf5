// Answers about the service as a whole: its health, the audit.
import * as z from 'zod/mini';
import { moment } from './moment.js';

export const nodeSchema = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  asked: z.boolean(),
  silent: z.boolean(),
  startedAt: moment,
  seenAt: moment,
  health: z.nullable(
    z.object({
      engine: z.string(),
      threads: z.number(),
      slots: z.number(),
      busySlots: z.number(),
      queued: z.number(),
      loadedVersions: z.number(),
      residentBytes: z.number(),
      diskBytes: z.number(),
      diskFreeBytes: z.number(),
      chatKernels: z.nullable(z.string()),
      trainingBackend: z.nullable(z.object({ name: z.string(), reason: z.string() })),
    }),
  ),
});
export type ServiceNode = z.infer<typeof nodeSchema>;

export const serviceHealthSchema = z.object({
  status: z.string(),
  version: z.string(),
  memory: z.object({ on: z.boolean(), reason: z.nullable(z.string()) }),
  database: z.object({
    latencyMs: z.nullable(z.number()),
    version: z.string(),
    bytes: z.number(),
    connections: z.number(),
    connectionsMax: z.number(),
  }),
  queue: z.object({ waiting: z.number(), working: z.number(), paused: z.number(), toRemember: z.number() }),
  nodes: z.array(nodeSchema),
});
export type ServiceHealth = z.infer<typeof serviceHealthSchema>;

export const auditEntrySchema = z.object({
  id: z.string(),
  actor: z.object({ kind: z.string(), name: z.string() }),
  action: z.string(),
  assistant: z.nullable(z.string()),
  target: z.object({ kind: z.string(), id: z.string() }),
  before: z.nullable(z.record(z.string(), z.unknown())),
  after: z.nullable(z.record(z.string(), z.unknown())),
  reason: z.nullable(z.string()),
  correlationId: z.nullable(z.string()),
  createdAt: moment,
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
export const auditSchema = z.object({ entries: z.array(auditEntrySchema), next: z.nullable(z.string()) });
