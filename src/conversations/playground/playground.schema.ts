// The shapes of the playground over REST: a question asked under chosen conditions, and the lines of the answer as they come.
import { z } from 'zod';
import { newPromptVersionSchema } from '../../assistants/assistants.schema.js';
import { versionSchema } from '../../config/version-number.js';

const TEXT_CHARS_MAX = 8_000;
const EARLIER_MAX = 40;

const text = z.string().trim().min(1).max(TEXT_CHARS_MAX);

export const playgroundQuestionSchema = z.strictObject({
  question: text,
  earlier: z
    .array(z.strictObject({ role: z.enum(['customer', 'assistant']), text }))
    .max(EARLIER_MAX)
    .default([])
    .describe('What was said before, oldest first.'),
  version: versionSchema.optional().describe('Adapter version, 0 the base model; default: the champion.'),
  promptVersion: versionSchema.min(1).optional().describe('Default: the active one.'),
  draft: newPromptVersionSchema
    .pick({ instructions: true, fewShot: true })
    .optional()
    .describe('A prompt that is no version yet, instead of one.'),
  fewShot: z.boolean().default(true).describe("Whether the prompt's few-shot examples are shown to the model."),
  memory: z.boolean().default(false).describe('Whether the memory of corrections is asked, as for customers.'),
  temperature: z.number().min(0).max(2).optional().describe('Default: as for customers.'),
  maxTokens: z.int().min(1).max(4_096).optional().describe('Default: as for customers.'),
});
export type PlaygroundQuestion = z.infer<typeof playgroundQuestionSchema>;

/** One line of the answer. */
export const playgroundLineSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('start'),
    adapterVersion: z.int(),
    promptVersion: z.int().nullable().describe('Null for a draft.'),
    shots: z.int().describe('Worked examples in the prompt, the memory’s among them.'),
    memory: z.array(z.object({ entryId: z.uuid(), score: z.number(), use: z.enum(['verbatim', 'few-shot']) })),
  }),
  z.object({ kind: z.literal('delta'), text: z.string() }),
  z.object({
    kind: z.literal('done'),
    text: z.string(),
    finishReason: z.enum(['stop', 'length', 'stopped', 'memory']),
    promptTokens: z.int(),
    completionTokens: z.int(),
    firstTextMs: z.number().nullable(),
    latencyMs: z.number(),
  }),
  z.object({ kind: z.literal('error'), error: z.object({ code: z.string(), message: z.string() }) }),
]);
export type PlaygroundLine = z.infer<typeof playgroundLineSchema>;
