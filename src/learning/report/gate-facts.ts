// What a run's report needs of the gate's report, read leniently: reports of older versions are rows in the database for ever.
import { z } from 'zod';
import { gateItemSchema } from '../../adapters/version-comparison/compare-versions.js';

const pairedSchema = z.object({ items: z.number(), wins: z.number(), losses: z.number() });

/** What the report takes from the gate's, of whatever version that is: anything missing is not spoken of. */
export const gateFactsSchema = z.object({
  summary: z.string().nullish(),
  reasons: z.array(z.string()).catch([]),
  slices: z.array(pairedSchema.extend({ slice: z.string() })).catch([]),
  earlier: pairedSchema.nullish().catch(null),
  general: z.object({ increase: z.number().nullish(), klToParent: z.number().nullish() }).nullish().catch(null),
  degenerate: z.object({ parent: z.number(), candidate: z.number() }).nullish().catch(null),
  // Ids aren't needed here.
  items: z.array(gateItemSchema.omit({ id: true })).catch([]),
});
export type GateFacts = z.infer<typeof gateFactsSchema>;
export type GateItem = GateFacts['items'][number];
