// The service as a whole over REST: what people who run it look at.
import { z } from 'zod';
import { SILENT_AFTER_MS } from '../adapters/nodes/node-state.js';

const count = z.int().nonnegative();

export const nodeViewSchema = z.object({
  id: z.uuid(),
  name: z.string().describe('Host and process number.'),
  roles: z.array(z.string()),
  asked: z.boolean().describe('It is the one that answers this request.'),
  silent: z.boolean().describe(`It has reported nothing for ${SILENT_AFTER_MS / 1000} seconds.`),
  startedAt: z.iso.datetime(),
  seenAt: z.iso.datetime(),
  health: z
    .object({
      ...{ engine: z.string(), threads: count, slots: count, busySlots: count, queued: count, loadedVersions: count },
      ...{ residentBytes: z.number(), diskBytes: z.number(), diskFreeBytes: z.number() },
      chatKernels: z.string().nullable(),
      trainingBackend: z.object({ name: z.string(), reason: z.string() }).nullable(),
    })
    .nullable()
    .describe('As it last said; null before its first report.'),
});

export const serviceHealthSchema = z.object({
  status: z.enum(['ready', 'unavailable']),
  version: z.string(),
  memory: z.object({ on: z.boolean(), reason: z.string().nullable() }),
  database: z.object({
    latencyMs: z.int().nullable(),
    version: z.string(),
    bytes: z.number(),
    connections: count,
    connectionsMax: count,
  }),
  queue: z
    .object({
      waiting: count.describe('Training runs that wait for a worker.'),
      working: count,
      paused: count,
      toRemember: count.describe('Corrections that are not in the memory yet.'),
    })
    .describe('Work that is to be done.'),
  nodes: z.array(nodeViewSchema),
});
export type ServiceHealth = z.infer<typeof serviceHealthSchema>;
