// The shapes of training runs over REST: each gives the type, the validation and the documentation.
import { z } from 'zod';
import type { TrainingRun } from '../database/entities/training-run.entity.js';
import { runWishesSchema } from './runs/run-settings.js';

export const runIdSchema = z.uuid().describe("The training run's id.");

/** The body is optional. */
export const newRunSchema = runWishesSchema.default({});

const progressSchema = z.object({
  stage: z.enum(['loading', 'sweep', 'training', 'scoring']).optional().describe('What the learner is at.'),
  step: z.int(),
  steps: z.int(),
  loss: z.number().nullable().describe('Mean over completion tokens, in nats.'),
  tokensPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  tokens: z.int().optional().describe('Learnt from so far.'),
  seconds: z.number().optional().describe('Of training so far.'),
});

const costSchema = z.object({
  tokens: z.int().describe('Learnt from.'),
  seconds: z.number().describe('In which it was worked on: loading, training, evaluation; without waiting or pauses.'),
  device: z.string().nullable(),
  peakMemoryMb: z.number().nullable(),
  energyWh: z.number().describe('Estimated; `energyAssumption` says from what.'),
  energyAssumption: z.string(),
  money: z.number(),
  currency: z.string(),
  pricePerHour: z.number(),
});

export const correctionIdSchema = z.uuid().describe("The correction's id.");

export const trainingRunSchema = z.object({
  id: z.uuid(),
  status: z.enum(['queued', 'preparing', 'training', 'evaluating', 'candidate', 'rejected', 'failed', 'cancelled']),
  mode: z.enum(['full', 'micro']).describe('`micro`: teaches one correction.'),
  correctionId: z.uuid().nullable().describe('The correction that a micro-run teaches.'),
  retryOf: z.uuid().nullable().describe('The run that this one tries again.'),
  trigger: z.enum(['cron', 'threshold', 'request']),
  requestedBy: z.string().nullable(),
  parentVersion: z.int().describe('Champion that training started from; 0 is the base model.'),
  adapterVersion: z.int().nullable().describe('Version that it made, whatever the gate said.'),
  settings: z.record(z.string(), z.unknown()),
  progress: progressSchema.nullable(),
  snapshotSha256: z.string().nullable().describe('SHA-256 of the dataset snapshot.'),
  result: z.record(z.string(), z.unknown()).nullable().describe('Items, tokens, seconds, losses, promotion.'),
  gateReport: z.record(z.string(), z.unknown()).nullable().describe('`summary` says it in words.'),
  error: z.string().nullable().describe('Why it failed, in a sentence.'),
  workedSeconds: z.number().describe('Time that processes have worked on it so far.'),
  lossCurve: z
    .array(z.tuple([z.int(), z.number().nullable()]))
    .nullable()
    .describe('Step and loss, at most 200 points.'),
  cost: costSchema.nullable().describe('There when the work on it has ended or was interrupted.'),
  pausedAt: z.iso.datetime().nullable().describe('It keeps its status and its place while it is paused.'),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
});
export type TrainingRunView = z.infer<typeof trainingRunSchema>;

export const trainingRunListSchema = z.object({ trainingRuns: z.array(trainingRunSchema) });

/** A run as clients see it. */
export function toTrainingRunView(run: TrainingRun): TrainingRunView {
  const { assistantId: _, createdAt, startedAt, finishedAt, pausedAt, ...rest } = run;
  return {
    ...rest,
    createdAt: createdAt.toISOString(),
    pausedAt: pausedAt?.toISOString() ?? null,
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}
