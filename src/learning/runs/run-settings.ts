// The settings a run was asked with, kept in its row, so that a run that goes on after a restart goes on with the same ones.
import { z } from 'zod';
import type { Environment } from '../../config/environment.js';

/** What may be said when a run is asked for; what isn't said comes from the environment. */
export const runWishesSchema = z
  .strictObject({
    maxMinutes: z.number().positive().max(10_080).describe('Longest training, in minutes.'),
    maxTokens: z.int().min(1_000).max(1_000_000_000).describe('Most tokens to learn from.'),
    niceness: z.int().min(0).max(19).describe('How far it gives way to chats on the CPU; 19 most.'),
    epochs: z.int().min(1).max(100).describe('Passes over the examples; left out: by their number.'),
    learningRate: z.number().positive().max(0.1).describe("Left out: by the model's size, and a sweep."),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .describe('Of initialisation, shuffling and replay.'),
  })
  .partial();
export type RunWishes = z.infer<typeof runWishesSchema>;

export const runSettingsSchema = z.object({
  /** Null: by rule (hyper-parameters.ts). */
  epochs: z.number().int().positive().nullable(),
  /** Null: by rule, and by a sweep where `sweep` and the examples allow. */
  learningRate: z.number().positive().nullable(),
  sweep: z.boolean().default(false),
  rank: z.number().int().positive(),
  alpha: z.number().positive(),
  seed: z.number().int(),
  threads: z.number().int().positive(),
  niceness: z.number().int().min(0).max(19).default(19),
  /** The budget of training. */
  maxMinutes: z.number().positive().default(120),
  maxTokens: z.number().int().positive().default(20_000_000),
  /** What was said when it was asked for, for another try. */
  wishes: runWishesSchema.default({}),
  /** Learn pairs (what was shown, what is right) by DPO with SFT, rather than the right answer by SFT alone. */
  preference: z.boolean().default(false),
  /** Learn from bare thumbs down, by KTO. */
  thumbsDown: z.boolean().default(false),
  /** Times that a process began or went on with the run. */
  attempts: z.number().int().default(0),
});
export type RunSettings = z.infer<typeof runSettingsSchema>;

/** Alpha is twice the rank: the usual choice (Hu et al. 2021 tune the rate instead), so that a change of rank keeps the update's scale. */
const ALPHA_PER_RANK = 2;

/** What an assistant's own settings say about a run, over the environment. */
type Budget = Pick<RunSettings, 'maxMinutes' | 'maxTokens' | 'niceness'>;

/** The settings of a run that is asked for now. */
export function settingsOf(
  environment: Environment,
  wishes: RunWishes = {},
  budget: Budget = budgetOf(environment),
): RunSettings {
  return {
    epochs: wishes.epochs ?? environment.LEARN_EPOCHS ?? null,
    learningRate: wishes.learningRate ?? environment.LEARN_RATE ?? null,
    sweep: environment.LEARN_SWEEP,
    rank: environment.LEARN_RANK,
    alpha: ALPHA_PER_RANK * environment.LEARN_RANK,
    seed: wishes.seed ?? environment.LEARN_SEED,
    threads: environment.LEARN_THREADS,
    niceness: wishes.niceness ?? budget.niceness,
    maxMinutes: wishes.maxMinutes ?? budget.maxMinutes,
    maxTokens: wishes.maxTokens ?? budget.maxTokens,
    wishes,
    preference: environment.LEARN_PREFERENCE,
    thumbsDown: environment.LEARN_THUMBS_DOWN,
    attempts: 0,
  };
}

/** What the environment says of it. */
export function budgetOf(environment: Environment): Budget {
  const { LEARN_MAX_MINUTES: maxMinutes, LEARN_MAX_TOKENS: maxTokens, LEARN_NICENESS: niceness } = environment;
  return { maxMinutes, maxTokens, niceness };
}
