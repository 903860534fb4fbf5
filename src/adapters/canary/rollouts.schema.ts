// The shapes of rollouts over REST: each gives the type, the validation and the documentation.
import { z } from 'zod';
import { canaryStepSchema, canaryStepsSchema } from '../../config/canary-steps.js';
import type { Rollout } from '../../database/entities/rollout.entity.js';
import type { Deployment } from '../../database/entities/deployment.entity.js';
import { deploymentSchema, reasonSchema, toDeploymentView } from '../adapters.schema.js';
import { hasEnough, type Verdict } from './judge-rollout.js';
import { ROLLOUT_ORDERS, type RolloutOrder } from './rollouts.js';

const { percent, manual } = canaryStepSchema.shape;

export const startRolloutSchema = z.strictObject({
  steps: z
    .array(z.union([percent, z.strictObject({ percent, manual: manual.default(false) })]))
    .transform((steps) => steps.map((step) => (typeof step === 'number' ? { percent: step, manual: false } : step)))
    .pipe(canaryStepsSchema)
    .optional()
    .describe('Rising shares in percent; default: `CANARY_STEPS`, or 5, 25, 100.'),
  manual: z.boolean().optional().describe('true: every step waits for an operator.'),
  reason: reasonSchema,
});
export const rolloutIdSchema = z.uuid();
export const rolloutOrderSchema = z.enum(Object.keys(ROLLOUT_ORDERS) as [RolloutOrder, ...RolloutOrder[]]);
export const orderReasonSchema = z.strictObject({ reason: reasonSchema });

const tallySchema = z.object({ n: z.int().describe('Conversations.'), mean: z.number().nullable() });
const comparisonSchema = z.object({
  canary: tallySchema,
  control: tallySchema,
  eValue: z.number().describe('Evidence of harm, at its highest.'),
  threshold: z.number().describe('The canary is rolled back when the evidence reaches this.'),
  difference: z.number().nullable().describe("Canary's share minus champion's."),
  interval: z.array(z.number()).describe('Where the difference lies, with confidence 1 − α at every moment.'),
});
export const evidenceSchema = z.object({
  conversations: z.object({ canary: z.int(), control: z.int() }),
  ratings: comparisonSchema.describe('Rated conversations, 1 is all 👍.'),
  failures: comparisonSchema.describe('First answers that failed or were empty.'),
  slowness: comparisonSchema.extend({ limitMs: z.number().nullable() }).describe('First answers beyond `limitMs`.'),
  notWorse: z
    .object({ eValue: z.number(), threshold: z.number(), margin: z.number() })
    .describe('Evidence that the canary is at most `margin` worse; the next step needs `threshold`.'),
  step: z
    .object({
      ...{ canaryAnswered: z.int(), needed: z.int(), canaryRated: z.int(), ratedNeeded: z.int() },
      ...{ minutes: z.int(), minutesNeeded: z.int() },
    })
    .describe('What the next step needs, and how far that is.'),
});

export const rolloutSchema = z.object({
  id: z.uuid(),
  version: z.int(),
  fromVersion: z.int().describe('The champion that it is compared with.'),
  state: z.enum(['queued', 'running', 'waiting', 'paused', 'promoted', 'aborted', 'rolled_back']),
  steps: z.array(z.object({ percent: z.number(), manual: z.boolean() })),
  step: z.int().describe('Index into `steps`.'),
  percent: z.number().describe('Share of new conversations now.'),
  alpha: z.number(),
  reason: z.string().describe('Why it is in this state.'),
  actor: z.string(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
});
export const rolloutListSchema = z.object({ rollouts: z.array(rolloutSchema) });
export const rolloutDetailSchema = rolloutSchema.extend({
  summary: z.string().describe('What is known, and what is missing, in words.'),
  enoughData: z.boolean().describe('Whether the next step has all that it needs.'),
  evidence: evidenceSchema,
  history: z.array(deploymentSchema).describe('What was done with it, newest first, with who and why.'),
});

/** A rollout as clients see it. */
export function toRolloutView(rollout: Rollout): z.infer<typeof rolloutSchema> {
  const { id, version, fromVersion, state, steps, step, share, alpha, reason, actor } = rollout;
  return {
    ...{ id, version, fromVersion, state, steps, step, alpha, reason, actor },
    percent: Math.round(share * 1000) / 10,
    createdAt: rollout.createdAt.toISOString(),
    startedAt: rollout.startedAt?.toISOString() ?? null,
    endedAt: rollout.endedAt?.toISOString() ?? null,
  };
}

/** With what its conversations say. */
export function toRolloutDetail(
  rollout: Rollout,
  { reason, evidence }: Verdict,
  history: readonly Deployment[],
): z.infer<typeof rolloutDetailSchema> {
  return {
    ...toRolloutView(rollout),
    summary: rollout.endedAt ? rollout.reason : reason,
    enoughData: hasEnough(evidence),
    evidence,
    history: history.map(toDeploymentView),
  };
}
