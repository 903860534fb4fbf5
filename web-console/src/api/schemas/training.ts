// Answers about training: runs with all that is known of them, their reports, schedule and budget, the feedback pool.
import * as z from 'zod/mini';
import { gateSchema } from './assistants.js';
import { moment } from './moment.js';

const maybe = <T extends z.core.SomeType>(schema: T) => z.nullish(schema);
const some = maybe(z.number());
const lossPoint = z.tuple([z.number(), z.nullable(z.number())]);
export type LossPoint = z.infer<typeof lossPoint>;

export const runSchema = z.object({
  id: z.string(),
  status: z.string(),
  mode: z.enum(['full', 'micro']),
  trigger: maybe(z.string()),
  requestedBy: maybe(z.string()),
  parentVersion: z.number(),
  adapterVersion: some,
  progress: maybe(
    z.object({
      stage: maybe(z.string()),
      step: z.number(),
      steps: z.number(),
      loss: some,
      tokensPerSecond: some,
      secondsLeft: some,
      tokens: some,
      seconds: some,
    }),
  ),
  lossCurve: maybe(z.array(lossPoint)),
  /** What training did; not-a-number losses of a diverged run are null. */
  result: maybe(
    z.object({
      items: some,
      seconds: some,
      firstLoss: some,
      lastLoss: some,
      stopped: maybe(z.string()),
      promotion: maybe(z.object({ promoted: z.boolean(), reason: z.string() })),
    }),
  ),
  gateReport: maybe(gateSchema),
  error: maybe(z.string()),
  workedSeconds: z.number(),
  pausedAt: maybe(moment),
  createdAt: moment,
  startedAt: maybe(moment),
  finishedAt: maybe(moment),
});
export type Run = z.infer<typeof runSchema>;
export const runListSchema = z.object({ trainingRuns: z.array(runSchema) });

const changedItemSchema = z.object({
  question: z.string(),
  slice: z.string(),
  before: z.string(),
  after: z.string(),
  expected: z.string(),
});
export type ChangedItem = z.infer<typeof changedItemSchema>;
const counts = z.record(z.string(), z.number());

export const runReportSchema = z.object({
  verdict: z.string(),
  summary: maybe(z.string()),
  learnt: z.array(changedItemSchema),
  lost: z.array(changedItemSchema),
  worse: z.array(z.string()),
  cost: z.array(z.string()),
  training: z.array(z.string()),
  examples: maybe(
    z.object({ train: z.number(), heldOut: z.number(), byGroup: counts, byKind: counts, bySlice: counts }),
  ),
});
export type RunReport = z.infer<typeof runReportSchema>;

const limits = { minExamples: z.number(), maxMinutes: z.number(), maxTokens: z.number(), niceness: z.number() };

export const learningSettingsSchema = z.object({
  own: z.object({
    schedule: z.nullable(z.string()),
    minExamples: z.nullable(limits.minExamples),
    maxMinutes: z.nullable(limits.maxMinutes),
    maxTokens: z.nullable(limits.maxTokens),
    niceness: z.nullable(limits.niceness),
    monthMinutes: z.nullable(z.number()),
  }),
  defaults: z.object({ schedule: z.string(), ...limits }),
  inForce: z.object({ schedule: z.string(), ...limits, monthMinutes: z.nullable(z.number()) }),
  nextAt: maybe(moment),
  timeZone: z.string(),
  minutesThisMonth: z.number(),
  newExamples: z.number(),
  updatedBy: maybe(z.string()),
  updatedAt: maybe(moment),
});
export type LearningSettings = z.infer<typeof learningSettingsSchema>;

export const pooledExampleSchema = z.object({
  id: z.string(),
  kind: z.enum(['sft', 'preference', 'binary']),
  slice: z.string(),
  split: z.enum(['train', 'heldout', 'audit']),
  question: z.string(),
  completion: z.string(),
  rejected: z.nullable(z.string()),
  desirable: z.nullable(z.boolean()),
  weight: z.number(),
  status: z.enum(['accepted', 'quarantined']),
  quarantineReason: z.nullable(z.string()),
  detail: z.nullable(z.string()),
  raterKind: z.nullable(z.string()),
  conversationId: z.string(),
  usedIn: z.array(z.number()),
  createdAt: moment,
});
export type PooledExample = z.infer<typeof pooledExampleSchema>;

export const poolPageSchema = z.object({
  counts: z.object({
    total: z.number(),
    train: z.number(),
    heldout: z.number(),
    new: z.number(),
    quarantined: z.number(),
    bySlice: z.array(z.object({ slice: z.string(), label: z.string(), total: z.number() })),
  }),
  examples: z.array(pooledExampleSchema),
  next: z.nullable(z.string()),
});
export type PoolPage = z.infer<typeof poolPageSchema>;
