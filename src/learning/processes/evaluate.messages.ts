// What is said between the service and the process that lets both versions answer.
import { z } from 'zod';
import { turnSchema } from '../snapshot/snapshot.js';
import { failedSchema } from './child-process.js';

const versionSchema = z.object({ version: z.number().int().positive(), path: z.string(), sha256: z.string() });

export const evaluateStartSchema = z.object({
  kind: z.literal('start'),
  modelPath: z.string(),
  modelSha256: z.string(),
  assistantId: z.string(),
  threads: z.number().int().positive(),
  contextTokens: z.number().int().positive(),
  answerTokensMax: z.number().int().positive(),
  candidate: versionSchema,
  /** null: the parent is the base model. */
  parent: versionSchema.nullable(),
  items: z.array(z.object({ id: z.string(), prompt: z.array(turnSchema).min(1) })),
});
export type EvaluateStart = z.infer<typeof evaluateStartSchema>;

/** Both greedy answers to one prompt. */
const answersSchema = z.object({ id: z.string(), parentAnswer: z.string(), candidateAnswer: z.string() });
export type Answers = z.infer<typeof answersSchema>;

export const evaluateMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), answered: z.number().int(), of: z.number().int() }),
  z.object({ kind: z.literal('done'), answers: z.array(answersSchema) }),
  failedSchema,
]);
export type EvaluateMessage = z.infer<typeof evaluateMessageSchema>;
