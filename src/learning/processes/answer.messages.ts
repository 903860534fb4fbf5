// What is said between the service and the process that lets versions answer questions.
import { z } from 'zod';
import { turnSchema } from '../snapshot/snapshot.js';
import { failedSchema } from './child-process.js';

const versionSchema = z.object({ version: z.number().int().positive(), path: z.string(), sha256: z.string() });

/** One question to one version; 0 is the base model. */
const askSchema = z.object({
  id: z.string(),
  version: z.number().int().nonnegative(),
  prompt: z.array(turnSchema).min(1),
  /** Longest answer, in tokens; default: the start message's. */
  maxTokens: z.number().int().positive().optional(),
});
export type Ask = z.infer<typeof askSchema>;

export const answerStartSchema = z.object({
  kind: z.literal('start'),
  modelPath: z.string(),
  modelSha256: z.string(),
  assistantId: z.string(),
  threads: z.number().int().positive(),
  contextTokens: z.number().int().positive(),
  answerTokensMax: z.number().int().positive(),
  /** Every version that is asked, but for the base model. */
  versions: z.array(versionSchema),
  asks: z.array(askSchema),
});
export type AnswerStart = z.infer<typeof answerStartSchema>;

const answerSchema = z.object({
  id: z.string(),
  version: z.number().int().nonnegative(),
  text: z.string(),
});
export type GivenAnswer = z.infer<typeof answerSchema>;

export const answerMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), answered: z.number().int(), of: z.number().int() }),
  z.object({ kind: z.literal('done'), answers: z.array(answerSchema) }),
  failedSchema,
]);
export type AnswerMessage = z.infer<typeof answerMessageSchema>;
