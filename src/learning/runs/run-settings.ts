// The settings a run was asked with, kept in its row, so that a run that goes on after a restart goes on with the same ones.
import { z } from 'zod';
import type { Environment } from '../../config/environment.js';

export const runSettingsSchema = z.object({
  epochs: z.number().int().positive(),
  learningRate: z.number().positive(),
  rank: z.number().int().positive(),
  alpha: z.number().positive(),
  seed: z.number().int(),
  threads: z.number().int().positive(),
  /** Times that a process began or went on with the run. */
  attempts: z.number().int().default(0),
});
export type RunSettings = z.infer<typeof runSettingsSchema>;

/** Alpha is twice the rank: the usual choice (Hu et al. 2021 tune the rate instead), so that a change of rank keeps the update's scale. */
const ALPHA_PER_RANK = 2;

/** The settings of a run that is asked for now. */
export function settingsOf(environment: Environment): RunSettings {
  return {
    epochs: environment.LEARN_EPOCHS,
    learningRate: environment.LEARN_RATE,
    rank: environment.LEARN_RANK,
    alpha: ALPHA_PER_RANK * environment.LEARN_RANK,
    seed: environment.LEARN_SEED,
    threads: environment.LEARN_THREADS,
    attempts: 0,
  };
}
