// What an arm gives, and the folder that keeps finished arms, so that a run that was interrupted goes on with the next one.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../../src/lora/atomic-write.js';
import type { Matrix } from './metrics.js';

const costSchema = z.object({ steps: z.number(), tokens: z.number(), seconds: z.number() });
/** What training cost; 0 where nothing was trained. */
export type Cost = z.infer<typeof costSchema>;

/** Whether each held-out question of each task was answered right, after each task: [after][task][question]. */
const rightSchema = z.array(z.array(z.array(z.boolean())));
export type Right = z.infer<typeof rightSchema>;

const armResultSchema = z.object({
  right: rightSchema,
  /** The same with the memory beside the weights, where that was asked. */
  rightWithMemory: rightSchema.optional(),
  /** What the candidate would have answered, where the gate is part of the arm. */
  ungated: rightSchema.optional(),
  general: z.object({ nll: z.number(), kl: z.number() }),
  cost: costSchema,
});
export type ArmResult = z.infer<typeof armResultSchema>;

/** R, from the single answers. */
export const matrixOf = (right: Right): Matrix =>
  right.map((row) => row.map((answers) => answers.filter(Boolean).length / answers.length));

export interface Results {
  /** The kept result of this arm, or what `make` gives, which is then kept. */
  get(name: string, make: () => Promise<ArmResult>): Promise<ArmResult>;
}

/**
 * Without a folder nothing is kept.
 * @param setup everything that the results depend on: those of another set-up are not taken for this one's
 */
export function openResults(folder: string | undefined, setup: unknown): Results {
  const key = createHash('sha256').update(JSON.stringify(setup)).digest('hex').slice(0, 12);
  return {
    async get(name, make) {
      if (!folder) return make();
      const path = join(folder, `${name}-${key}.json`);
      if (existsSync(path)) return armResultSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
      const result = await make();
      mkdirSync(folder, { recursive: true });
      writeAtomically(path, [Buffer.from(JSON.stringify(result))]);
      return result;
    },
  };
}
