// The steps of a rollout as an operator writes them: `5,25,100`, with `!` where a person has to say "go on" (`5,25!,100`).
import { z } from 'zod';

const STEPS_MAX = 10;

export const canaryStepSchema = z.strictObject({
  percent: z
    .number()
    .min(0.1)
    .max(100)
    .describe('Share of the new conversations that the canary answers; 100 makes it the champion.'),
  manual: z.boolean().describe('Whether a person must say "continue" before the step after this one.'),
});
export const canaryStepsSchema = z
  .array(canaryStepSchema)
  .min(1)
  .max(STEPS_MAX)
  .refine(
    (steps) => steps.every(({ percent }, i) => percent > (steps[i - 1]?.percent ?? 0)),
    'each step must be larger than the one before',
  )
  .refine((steps) => (steps[0]?.percent ?? 100) < 100, 'a canary begins below 100 %; to go there at once, promote')
  // The last step is always the champion's chair.
  .transform((steps) => (steps.at(-1)?.percent === 100 ? steps : [...steps, { percent: 100, manual: false }]));

export type CanaryStep = z.infer<typeof canaryStepSchema>;

/** `off`, or the steps in words; parses to undefined for `off`. */
export const canaryStepsTextSchema = z
  .string()
  .default('off')
  .transform((text, context): CanaryStep[] | undefined => {
    if (text === 'off') return undefined;
    const steps = text.split(',').map((part) => {
      const [, percent, manual] = /^\s*(\d+(?:\.\d+)?)\s*(!?)\s*$/.exec(part) ?? [];
      return { percent: Number(percent), manual: manual === '!' };
    });
    const parsed = canaryStepsSchema.safeParse(steps);
    if (parsed.success) return parsed.data;
    context.addIssue({
      code: 'custom',
      message: `must be \`off\` or rising shares like 5,25,100 (${parsed.error.issues[0]?.message})`,
    });
    return z.NEVER;
  });
