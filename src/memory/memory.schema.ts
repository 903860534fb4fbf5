// The shapes of memory entries at the REST boundary.
import { z } from 'zod';
import type { MemoryEntry } from '../database/entities/memory-entry.entity.js';

const PAGE_MAX = 200;
const stateSchema = z.enum(['active', 'retired']);

export const memoryEntryIdSchema = z.uuid();
export const memoryEntrySchema = z.object({
  id: z.uuid(),
  correctionId: z.uuid(),
  question: z.string(),
  isFollowUp: z.boolean().describe('It is served only where the questions before it are alike, too.'),
  answer: z.string(),
  state: stateSchema.describe('`retired` entries are kept, but not served.'),
  retiredByVersion: z
    .int()
    .nullable()
    .describe('The version that knows the answer by itself; null: a person retired it.'),
  hits: z.int().describe('Answers that used it.'),
  createdAt: z.iso.datetime(),
});
export const memoryQuerySchema = z.object({
  state: stateSchema.optional(),
  before: z.uuid().optional().describe('Id of the last entry of the page before.'),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
});
export const memoryPageSchema = z.object({
  counts: z.object({ active: z.int(), retired: z.int() }),
  entries: z.array(memoryEntrySchema).describe('Newest first.'),
  next: z.uuid().nullable().describe('Send it as `before` for the next page; null on the last.'),
});
export const memoryChangeSchema = z.strictObject({
  state: stateSchema.describe('A person’s word: a version neither retires nor revives an entry that a person retired.'),
});

/** An entry as clients see it. */
export function toMemoryEntryView(entry: MemoryEntry): z.infer<typeof memoryEntrySchema> {
  const { id, correctionId, question, answer, state, retiredByVersion, hits, createdAt, contextEmbedding } = entry;
  const isFollowUp = contextEmbedding !== null;
  return {
    ...{ id, correctionId, question, isFollowUp, answer, state, retiredByVersion, hits },
    createdAt: createdAt.toISOString(),
  };
}
