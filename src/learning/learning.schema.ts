// The shapes of training runs over REST: each gives the type, the validation and the documentation.
import { z } from 'zod';
import type { TrainingRun } from '../database/entities/training-run.entity.js';

export const runIdSchema = z.uuid().describe("The training run's id.");

const progressSchema = z.object({
  step: z.int(),
  steps: z.int(),
  loss: z.number().nullable().describe('Mean over completion tokens, in nats.'),
  tokensPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
});

export const trainingRunSchema = z.object({
  id: z.uuid(),
  status: z.enum(['queued', 'preparing', 'training', 'evaluating', 'candidate', 'rejected', 'failed', 'cancelled']),
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
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
});
export type TrainingRunView = z.infer<typeof trainingRunSchema>;

export const trainingRunListSchema = z.object({ trainingRuns: z.array(trainingRunSchema) });

/** A run as clients see it. */
export function toTrainingRunView(run: TrainingRun): TrainingRunView {
  const { assistantId: _, createdAt, startedAt, finishedAt, ...rest } = run;
  return {
    ...rest,
    createdAt: createdAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}
