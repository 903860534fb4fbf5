// What a snapshot is made of, as counts: for the run's report. Pure.
import { z } from 'zod';
import type { SnapshotItem } from './snapshot.js';

/** Slices named one by one, the largest; the others are one line. */
const SLICES_NAMED_MAX = 30;

const countsSchema = z.record(z.string(), z.number().int());

export const compositionSchema = z.object({
  /** Examples trained on. */
  train: z.number().int(),
  /** Questions that only the gate asks. */
  heldOut: z.number().int(),
  /** Of those trained on: `new`, `earlier` (replay), `general` (rehearsal). */
  byGroup: countsSchema,
  /** Of those trained on: by the loss they are learnt with. */
  byKind: countsSchema,
  /** Of those trained on, without general rehearsal. */
  bySlice: countsSchema,
});
export type Composition = z.infer<typeof compositionSchema>;

export function compositionOf(items: readonly SnapshotItem[]): Composition {
  const train = items.filter(({ split }) => split === 'train');
  const taught = train.filter(({ group }) => group !== 'general');
  return {
    train: train.length,
    heldOut: items.length - train.length,
    byGroup: counts(train.map(({ group }) => group)),
    byKind: counts(train.map(({ kind }) => kind)),
    bySlice: largest(counts(taught.map(({ slice }) => slice))),
  };
}

function counts(names: readonly string[]): Record<string, number> {
  const of = new Map<string, number>();
  for (const name of names) of.set(name, (of.get(name) ?? 0) + 1);
  return Object.fromEntries([...of].sort(([a], [b]) => a.localeCompare(b)));
}

function largest(all: Record<string, number>): Record<string, number> {
  const sorted = Object.entries(all).sort(([, a], [, b]) => b - a);
  const rest = sorted.slice(SLICES_NAMED_MAX).reduce((sum, [, count]) => sum + count, 0);
  return Object.fromEntries([...sorted.slice(0, SLICES_NAMED_MAX), ...(rest > 0 ? [['(others)', rest] as const] : [])]);
}
