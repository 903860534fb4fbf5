// What is said between the service and the learner's process.
import { z } from 'zod';
import { compositionSchema } from '../snapshot/composition.js';
import { turnSchema } from '../snapshot/snapshot.js';
import { failedSchema } from './child-process.js';
import { STOPPED } from './stopping.js';

/** A prompt with the answer whose likelihood is measured. */
const scoredItemSchema = z.object({
  id: z.string(),
  prompt: z.array(turnSchema).min(1),
  completion: z.string().min(1),
});

export const learnerStartSchema = z.object({
  kind: z.literal('start'),
  modelPath: z.string(),
  /** Of that file; written into the adapter, which fits no other base. */
  modelSha256: z.string(),
  /** The champion's adapter, to go on from; null: a new one. */
  parentAdapterPath: z.string().nullable(),
  snapshotPath: z.string(),
  snapshotSha256: z.string(),
  /** Where the trained adapter goes. */
  adapterPath: z.string(),
  checkpointDir: z.string(),
  checkpointEverySteps: z.number().int().positive(),
  rank: z.number().int().positive(),
  alpha: z.number().positive(),
  seed: z.number().int(),
  threads: z.number().int().positive(),
  /** `micro`: all examples in every update, until what is new is learnt. */
  mode: z.enum(['full', 'micro']),
  /** Null: by rule. */
  epochs: z.number().int().positive().nullable(),
  learningRate: z.number().positive().nullable(),
  /** Whether a sweep may choose the rate where none is given. */
  sweep: z.boolean(),
  /** Where its outcome is kept. */
  sweepPath: z.string(),
  /** The budget: minutes and tokens over all lives of the run. */
  maxMinutes: z.number().positive(),
  maxTokens: z.number().int().positive(),
  /** Seconds of training in earlier lives. */
  secondsBefore: z.number().nonnegative(),
  /** General ability, measured under parent and candidate after training. */
  general: z.array(scoredItemSchema),
});
export type LearnerStart = z.infer<typeof learnerStartSchema>;

/**
 * A measurement. NaN and infinities happen when training diverges; they must arrive, so that they can be refused. In the
 * database's JSON they are null.
 */
const real = z
  .custom<number | null>((value) => typeof value === 'number' || value === null, 'a number or null')
  .transform((value) => value ?? NaN);

/** The hyper-parameters that were taken, each with its reason in a sentence. */
const planSchema = z.object({
  epochs: z.number().int(),
  learningRate: z.number(),
  examplesPerStep: z.number().int(),
  why: z.array(z.string()),
});
export type TrainingPlan = z.infer<typeof planSchema>;

/** What training did. */
export const trainedSchema = z.object({
  backend: z.string(),
  items: z.number().int(),
  steps: z.number().int(),
  tokens: z.number().int(),
  seconds: real,
  /** Mean −log p of a token of the taught answers, in nats: before training and after it. */
  firstLoss: real,
  lastLoss: real,
  skippedSteps: z.number().int(),
  resumed: z.boolean(),
  adapterNorm: real,
  general: z.object({
    items: z.number().int(),
    parentNll: real,
    candidateNll: real,
    klToParent: real,
    klToBase: real,
  }),
  /** Of the examples replayed: whether the parent still answered them, word for word. */
  recalled: z.array(z.object({ id: z.string(), right: z.boolean() })).default([]),
  peakMemoryMb: z.number(),
  /** Why training ended: at its plan's end, a budget's, or because what is new was learnt. */
  stopped: z.enum(STOPPED).default('finished'),
  /** How it was trained, and why so. */
  plan: planSchema.optional(),
  composition: compositionSchema.optional(),
});
export type Trained = z.infer<typeof trainedSchema>;

export const learnerMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stage'), stage: z.enum(['loading', 'sweep', 'training', 'scoring']) }),
  z.object({
    kind: z.literal('progress'),
    step: z.number().int(),
    steps: z.number().int(),
    loss: real,
    tokensPerSecond: real,
    secondsLeft: real,
    tokens: z.number().int(),
    /** Of training, over all lives of the run. */
    seconds: z.number(),
  }),
  z.object({ kind: z.literal('done'), trained: trainedSchema }),
  failedSchema,
]);
export type LearnerMessage = z.infer<typeof learnerMessageSchema>;
