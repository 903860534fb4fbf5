// The shape of what answers now over REST: type, validation and documentation in one.
import { z } from 'zod';
import { allConfirmed, SILENT_AFTER_MS } from './node-state.js';
import { OPEN_MINUTES, type Serving } from './serving.js';

export const servingSchema = z.object({
  championVersion: z.int().describe('Version that answers new turns; 0 is the base model.'),
  since: z.iso.datetime().nullable(),
  versionBefore: z.int().describe('Where a rollback without a version goes; 0 is the base model.'),
  canary: z
    .object({ rolloutId: z.uuid(), version: z.int(), percent: z.number(), state: z.string() })
    .nullable()
    .describe('The version that answers a share of new conversations.'),
  confirmed: z.boolean().describe('Whether every node that is heard of serves the champion.'),
  nodes: z.array(
    z.object({
      id: z.uuid(),
      name: z.string().describe('Host and process number.'),
      version: z.int().describe('What it says it serves.'),
      state: z
        .enum(['confirmed', 'behind', 'silent'])
        .describe(
          `\`behind\`: it serves another version. \`silent\`: it reported nothing for ${SILENT_AFTER_MS / 1000} seconds, so it answers nobody.`,
        ),
      seenAt: z.iso.datetime(),
    }),
  ),
  conversations: z
    .object({
      open: z.int(),
      withAgent: z.int().describe('Of those: a person answers, whatever the version.'),
      writing: z.int().describe('Of those: an answer is being written, and is finished by the version that began it.'),
    })
    .describe(`Conversations of the last day in which something was said in the last ${OPEN_MINUTES} minutes.`),
});
export type ServingView = z.infer<typeof servingSchema>;

/** What answers now, as clients see it. */
export function toServingView({ since, canary, nodes, ...rest }: Serving): ServingView {
  return {
    ...rest,
    since: since?.toISOString() ?? null,
    canary: canary && {
      ...{ rolloutId: canary.id, version: canary.version, state: canary.state },
      percent: canary.state === 'paused' ? 0 : Math.round(canary.share * 1000) / 10,
    },
    confirmed: allConfirmed(nodes),
    nodes: nodes.map((node) => ({ ...node, seenAt: node.seenAt.toISOString() })),
  };
}
