// What the console reads from REST, parsed at the boundary: a field that changed shows up here and not as "undefined" on
// the screen. Only what is shown is named.
import * as z from 'zod/mini';

const moment = z.pipe(
  z.string(),
  z.transform((text) => new Date(text)),
);
const maybe = <T extends z.core.SomeType>(schema: T) => z.nullish(schema);

export const assistantSchema = z.object({ slug: z.string(), name: z.string() });
export const assistantsSchema = z.object({ assistants: z.array(assistantSchema) });

/** The gate's verdict and why, as sentences. */
export const gateSchema = z.object({ verdict: maybe(z.string()), summary: maybe(z.string()) });

export const adapterVersionSchema = z.object({
  version: z.number(),
  status: z.string(),
  parentVersion: maybe(z.number()),
  sizeBytes: maybe(z.number()),
  rank: maybe(z.number()),
  gateReport: maybe(gateSchema),
  createdAt: maybe(moment),
});

export const versionsSchema = z.object({
  /** Version that answers new turns; 0 is the base model. */
  championVersion: z.number(),
  versions: z.array(adapterVersionSchema),
});

export const trainingRunSchema = z.object({
  id: z.string(),
  status: z.string(),
  trigger: maybe(z.string()),
  requestedBy: maybe(z.string()),
  adapterVersion: maybe(z.number()),
  progress: maybe(
    z.object({
      step: z.number(),
      steps: z.number(),
      loss: maybe(z.number()),
      tokensPerSecond: maybe(z.number()),
      secondsLeft: maybe(z.number()),
    }),
  ),
  /** What training did; not-a-number losses of a diverged run are null. */
  result: maybe(
    z.object({
      items: maybe(z.number()),
      seconds: maybe(z.number()),
      firstLoss: maybe(z.number()),
      lastLoss: maybe(z.number()),
    }),
  ),
  gateReport: maybe(gateSchema),
  error: maybe(z.string()),
  createdAt: maybe(moment),
  finishedAt: maybe(moment),
});

export const trainingRunsSchema = z.object({ trainingRuns: z.array(trainingRunSchema) });

export const auditEntrySchema = z.object({
  id: z.string(),
  action: z.string(),
  fromVersion: maybe(z.number()),
  toVersion: maybe(z.number()),
  actor: z.string(),
  reason: maybe(z.string()),
  createdAt: moment,
});

export const auditSchema = z.object({ deployments: z.array(auditEntrySchema) });

/** RFC 9457 problem details. */
export const problemSchema = z.object({
  title: maybe(z.string()),
  detail: maybe(z.string()),
  code: maybe(z.string()),
});

export type Assistant = z.infer<typeof assistantSchema>;
export type Versions = z.infer<typeof versionsSchema>;
export type AdapterVersion = z.infer<typeof adapterVersionSchema>;
export type TrainingRun = z.infer<typeof trainingRunSchema>;
export type AuditEntry = z.infer<typeof auditEntrySchema>;
export type Gate = z.infer<typeof gateSchema>;
