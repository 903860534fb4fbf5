// Answers about adapter versions: who serves and served, one version in full, several side by side, rollouts.
import * as z from 'zod/mini';
import { deploymentSchema } from './assistants.js';
import { moment } from './moment.js';

const number = z.number();
const text = z.string();
const range = z.tuple([number, number]);
const record = z.record(z.string(), z.unknown());

const canarySchema = z.object({ rolloutId: text, version: number, percent: number, state: text });
export const servingSchema = z.object({
  championVersion: number,
  since: z.nullable(moment),
  versionBefore: number,
  canary: z.nullable(canarySchema),
  confirmed: z.boolean(),
  nodes: z.array(
    z.object({
      ...{ id: text, name: text, version: number, seenAt: moment },
      state: z.enum(['confirmed', 'behind', 'silent']),
    }),
  ),
  conversations: z.object({ open: number, withAgent: number, writing: number }),
});
export type Serving = z.infer<typeof servingSchema>;

export const bandSchema = z.object({
  kind: z.enum(['champion', 'canary']),
  ...{ version: number, from: z.nullable(moment), to: z.nullable(moment) },
  ...{ share: number, rolloutId: z.nullable(text) },
});
export type Band = z.infer<typeof bandSchema>;
export const markerSchema = z.object({
  ...{ id: text, at: moment, kind: text, action: text },
  ...{ fromVersion: z.nullable(number), version: z.nullable(number) },
  ...{ actor: z.nullable(text), text: z.nullable(text), runId: z.nullable(text), rolloutId: z.nullable(text) },
});
export type Marker = z.infer<typeof markerSchema>;
export const timelineSchema = z.object({
  ...{ from: moment, to: moment, bands: z.array(bandSchema), markers: z.array(markerSchema) },
});
export type TimelineAnswer = z.infer<typeof timelineSchema>;
export const servedSchema = z.object({ at: moment, championVersion: number, canary: z.nullable(bandSchema) });

const usageSchema = z.object({
  ...{ answers: number, conversations: number, up: number, down: number, corrected: number },
});

const checkSchema = z.object({ name: text, outcome: text, sentence: text });
/** A gate's report of whatever age: what is missing is not spoken of. */
export const gateReportSchema = z.object({
  verdict: z.nullish(text),
  summary: z.nullish(text),
  checks: z.catch(z.array(checkSchema), []),
});

const settingsRunSchema = z.object({
  ...{ id: text, mode: text, trigger: text, requestedBy: z.nullable(text), parentVersion: number },
  ...{ settings: record, result: z.nullable(record), snapshotSha256: z.nullable(text), cost: z.nullable(record) },
  lossCurve: z.array(z.tuple([number, z.nullable(number)])),
  ...{ startedAt: z.nullable(moment), finishedAt: z.nullable(moment) },
});
export type VersionRun = z.infer<typeof settingsRunSchema>;
const sliceSchema = z.object({
  ...{ slice: text, items: number, parentRight: number, candidateRight: number, wins: number, losses: number },
  ...{ difference: number, interval: range, adjusted: z.nullable(number) },
});
export type Slice = z.infer<typeof sliceSchema>;
const givenSchema = z.object({ kind: text, slice: text, split: text, group: text, examples: number });
export type GivenExamples = z.infer<typeof givenSchema>;
const ancestorSchema = z.object({
  ...{ version: number, parentVersion: number, status: text, createdAt: moment },
  heldOut: z.nullable(z.object({ items: number, right: number })),
});
export type Ancestor = z.infer<typeof ancestorSchema>;
export const versionDetailsSchema = z.object({
  ...{ version: number, status: text, champion: z.boolean(), parentVersion: number, runId: z.nullable(text) },
  ...{ rank: number, alpha: number, sizeBytes: number, sha256: text, erasedExamples: number, createdAt: moment },
  gateReport: z.nullable(gateReportSchema),
  ...{ baseSha256: text, servable: z.boolean(), lineage: z.array(ancestorSchema), children: z.array(number) },
  ...{ run: z.nullable(settingsRunSchema), examples: z.array(givenSchema), slices: z.array(sliceSchema) },
  ...{ deployments: z.array(deploymentSchema), usage: usageSchema },
});
export type VersionDetails = z.infer<typeof versionDetailsSchema>;

const sourceSchema = z.object({
  ...{ messageId: text, conversationId: text, adapterVersion: z.nullable(number) },
  ratings: z.array(z.object({ raterKind: text, value: text })),
  correction: z.nullable(z.object({ agent: text, createdAt: moment })),
});
const lineageExampleSchema = z.object({
  ...{ id: text, version: number, kind: text, slice: text, status: text, question: text, completion: text },
  ...{ split: text, group: text, sources: z.array(sourceSchema) },
});
export type LineageExample = z.infer<typeof lineageExampleSchema>;
export const lineageSchema = z.object({ examples: z.array(lineageExampleSchema), next: z.nullable(text) });

const deltaSchema = z.object({
  ...{ version: number, slice: z.nullable(text), items: number, wins: number, losses: number },
  ...{ difference: number, interval: range },
});
export type Delta = z.infer<typeof deltaSchema>;
const comparedItemSchema = z.object({
  ...{ id: text, slice: text, question: text, expected: text },
  answers: z.array(z.object({ version: number, answer: text, right: z.boolean() })),
});
export type ComparedItem = z.infer<typeof comparedItemSchema>;
const comparedVersionSchema = z.object({
  ...{ version: number, status: text, createdAt: z.nullable(moment), usage: usageSchema },
  heldOut: z.object({ items: number, right: number }),
  general: z.nullable(z.object({ nll: number, klToBase: number })),
});
export type ComparedVersion = z.infer<typeof comparedVersionSchema>;
export const versionComparisonSchema = z.object({
  ...{ versions: z.array(comparedVersionSchema), deltas: z.array(deltaSchema), items: z.array(comparedItemSchema) },
});
export const trialAnswersSchema = z.object({
  promptVersion: number,
  answers: z.array(z.object({ version: number, text: z.nullable(text), ms: number, error: z.nullable(text) })),
});

export const rolloutSchema = z.object({
  ...{ id: text, version: number, fromVersion: number, state: text, step: number, percent: number },
  ...{ steps: z.array(z.object({ percent: number, manual: z.boolean() })), alpha: number, reason: text, actor: text },
  ...{ createdAt: moment, startedAt: z.nullable(moment), endedAt: z.nullable(moment) },
});
export type Rollout = z.infer<typeof rolloutSchema>;
export const rolloutListSchema = z.object({ rollouts: z.array(rolloutSchema) });
const tallySchema = z.object({ n: number, mean: z.nullable(number) });
const metricSchema = z.object({
  ...{ canary: tallySchema, control: tallySchema, eValue: number, threshold: number },
  ...{ difference: z.nullable(number), interval: z.array(number) },
});
export type Metric = z.infer<typeof metricSchema>;
const evidenceSchema = z.object({
  conversations: z.object({ canary: number, control: number }),
  ...{ ratings: metricSchema, failures: metricSchema },
  slowness: z.extend(metricSchema, { limitMs: z.nullable(number) }),
  notWorse: z.object({ eValue: number, threshold: number, margin: number }),
  step: z.object({
    ...{ canaryAnswered: number, needed: number, canaryRated: number, ratedNeeded: number },
    ...{ minutes: number, minutesNeeded: number },
  }),
});
export type Evidence = z.infer<typeof evidenceSchema>;
export const rolloutDetailSchema = z.extend(rolloutSchema, {
  ...{ summary: text, enoughData: z.boolean(), evidence: evidenceSchema, history: z.array(deploymentSchema) },
});
export type RolloutDetail = z.infer<typeof rolloutDetailSchema>;
