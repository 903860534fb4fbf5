// The shapes of assistants over REST: each gives the type, the validation and the documentation.
import { z } from 'zod';
import { versionTextSchema } from '../config/version-number.js';
import type { Assistant } from '../database/entities/assistant.entity.js';
import type { PromptVersion } from '../database/entities/prompt-version.entity.js';

const TEXT_CHARS_MAX = 8_000;
const FEW_SHOT_MAX = 20;
const NOTE_CHARS_MAX = 1_000;

/** An assistant's name in addresses. */
export const slugSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens')
  .describe("The assistant's name in addresses, e.g. `demo`.");

export const assistantSchema = z.object({
  slug: slugSchema,
  name: z.string(),
  greeting: z.string(),
  championVersion: z.int().describe('Adapter version that new turns use; 0 is the base model.'),
  activePromptVersion: z.int(),
  createdAt: z.iso.datetime(),
});
export const assistantListSchema = z.object({ assistants: z.array(assistantSchema) });

export const newPromptVersionSchema = z.strictObject({
  instructions: z.string().trim().max(TEXT_CHARS_MAX).describe('What the model is told before every conversation.'),
  fewShot: z
    .array(
      z.strictObject({
        question: z.string().trim().min(1).max(TEXT_CHARS_MAX),
        answer: z.string().trim().min(1).max(TEXT_CHARS_MAX),
      }),
    )
    .max(FEW_SHOT_MAX)
    .default([])
    .describe('Worked examples shown before the conversation.'),
  unknownAnswer: z
    .string()
    .trim()
    .min(1)
    .max(TEXT_CHARS_MAX)
    .nullable()
    .default(null)
    .describe(
      'Said instead of the model’s guess, with the offer of a person, where a question is far from every topic that the assistant has examples of; null: the model always answers.',
    ),
  note: z.string().trim().max(NOTE_CHARS_MAX).default('').describe('What is different about it, and why.'),
  activate: z.boolean().default(true).describe('Whether new turns use it at once; else it is there to be tried.'),
});
export const promptVersionNumberSchema = versionTextSchema.min(1);
export const activationSchema = z.strictObject({
  reason: z.string().trim().min(1).max(NOTE_CHARS_MAX).describe('Why; kept in the audit.'),
});
export const promptVersionSchema = z.object({
  version: z.int(),
  active: z.boolean(),
  instructions: z.string(),
  fewShot: z.array(z.object({ question: z.string(), answer: z.string() })),
  unknownAnswer: z.string().nullable(),
  author: z.string().nullable(),
  note: z.string(),
  createdAt: z.iso.datetime(),
});
export const promptVersionListSchema = z.object({ promptVersions: z.array(promptVersionSchema) });

/** An assistant as clients see it. */
export function toAssistantView(assistant: Assistant): z.infer<typeof assistantSchema> {
  const { slug, name, greeting, championVersion, activePromptVersion, createdAt } = assistant;
  return { slug, name, greeting, championVersion, activePromptVersion, createdAt: createdAt.toISOString() };
}

/** A prompt version as clients see it. */
export function toPromptVersionView(
  { version, instructions, fewShot, unknownAnswer, author, note, createdAt }: PromptVersion,
  activeVersion: number,
): z.infer<typeof promptVersionSchema> {
  return {
    version,
    active: version === activeVersion,
    instructions,
    fewShot,
    unknownAnswer,
    author,
    note,
    createdAt: createdAt.toISOString(),
  };
}
