// The shape of a version's details over REST: type, validation and documentation in one.
import { z } from 'zod';
import { adapterVersionSchema, deploymentSchema, toAdapterVersionView, toDeploymentView } from '../adapters.schema.js';
import { pairedInterval } from '../version-comparison/paired-interval.js';
import { USAGE_DAYS, type VersionDetails } from './version-details.js';

const heldOutSchema = z.object({ items: z.int(), right: z.int() }).nullable();
export const usageSchema = z
  .object({ answers: z.int(), conversations: z.int(), up: z.int(), down: z.int(), corrected: z.int() })
  .describe(`With customers, in conversations of the last ${USAGE_DAYS} days.`);

const runSchema = z.object({
  id: z.uuid(),
  mode: z.enum(['full', 'micro']),
  trigger: z.string(),
  requestedBy: z.string().nullable(),
  parentVersion: z.int(),
  settings: z.record(z.string(), z.unknown()).describe('Hyper-parameters and budget.'),
  result: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('Composition of the snapshot, plan, losses, promotion.'),
  snapshotSha256: z.string().nullable(),
  lossCurve: z.array(z.tuple([z.int(), z.number().nullable()])),
  cost: z.record(z.string(), z.unknown()).nullable(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
});

export const versionDetailsSchema = adapterVersionSchema.extend({
  baseSha256: z.string().describe('Of the base model that it was trained on.'),
  servable: z.boolean().describe('Whether that is the base model that is served here.'),
  lineage: z
    .array(
      z.object({
        ...{ version: z.int(), parentVersion: z.int(), status: z.string(), runId: z.uuid().nullable() },
        createdAt: z.iso.datetime(),
        heldOut: heldOutSchema.describe(
          'Held-out questions, and how many of them it answered rightly when it was judged.',
        ),
      }),
    )
    .describe('It and its parents, newest first.'),
  children: z.array(z.int()).describe('Versions that were trained from it.'),
  run: runSchema.nullable(),
  examples: z
    .array(
      z.object({
        ...{ kind: z.string(), slice: z.string(), split: z.string(), group: z.string(), examples: z.int() },
      }),
    )
    .describe('What its run was given and is still there; `…/lineage` has each with its source messages.'),
  slices: z
    .array(
      z.object({
        slice: z.string(),
        ...{ items: z.int(), parentRight: z.int(), candidateRight: z.int(), wins: z.int(), losses: z.int() },
        difference: z.number().describe('In right answers, candidate minus parent.'),
        interval: z.tuple([z.number(), z.number()]).describe('Where it lies, with 95 % confidence.'),
        adjusted: z.number().nullable().describe("Holm's p of having become worse."),
      }),
    )
    .describe('Slice by slice, what the gate found; the target, all that is new, comes first as `(new)`.'),
  deployments: z.array(deploymentSchema).describe('Every move to it or away from it, newest first.'),
  usage: usageSchema,
});
export type VersionDetailsView = z.infer<typeof versionDetailsSchema>;

/** A part of a gate report of whatever age: what is missing counts as nothing. */
const countsSchema = z.object({
  slice: z.string().default('(new)'),
  items: z.int(),
  parentRight: z.int(),
  candidateRight: z.int(),
  wins: z.int(),
  losses: z.int(),
  adjusted: z.number().nullable().default(null),
});
const gateSlicesSchema = z.object({
  target: countsSchema.optional().catch(undefined),
  slices: z.array(countsSchema).catch([]),
});

function slicesOf(gateReport: Record<string, unknown> | null): VersionDetailsView['slices'] {
  const { target, slices } = gateSlicesSchema.parse(gateReport ?? {});
  return [...(target ? [target] : []), ...slices]
    .filter(({ items }) => items > 0)
    .map((counts) => ({
      ...counts,
      difference: (counts.wins - counts.losses) / counts.items,
      interval: pairedInterval(counts),
    }));
}

/** A version's details as clients see them. @param served hash of the base model here */
export function toVersionDetailsView(
  details: VersionDetails,
  championVersion: number,
  served: string,
): VersionDetailsView {
  const { version, lineage, children, run, examples, deployments, usage } = details;
  return {
    ...toAdapterVersionView(version, championVersion),
    baseSha256: version.baseSha256,
    servable: version.baseSha256 === served,
    lineage: lineage.map((ancestor) => ({ ...ancestor, createdAt: ancestor.createdAt.toISOString() })),
    run: run && toRunView(run),
    slices: slicesOf(version.gateReport),
    deployments: deployments.map(toDeploymentView),
    ...{ children, examples, usage },
  };
}

function toRunView(run: NonNullable<VersionDetails['run']>): z.infer<typeof runSchema> {
  const { id, mode, trigger, requestedBy, parentVersion, settings, result, snapshotSha256, lossCurve, cost } = run;
  return {
    ...{ id, mode, trigger, requestedBy, parentVersion, settings, result, snapshotSha256 },
    lossCurve: lossCurve ?? [],
    cost: cost && { ...cost },
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}
