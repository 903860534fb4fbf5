// The shapes of comparisons over REST: each gives the type, the validation and the documentation.
import { z } from 'zod';
import { versionSchema } from '../../config/version-number.js';
import { usageSchema } from '../versions/version-details.schema.js';
import type { VersionComparison } from './version-comparisons.js';

const VERSIONS_MAX = 5;
const QUESTION_CHARS_MAX = 2_000;
const ITEMS_SHOWN_MAX = 200;

/** Different versions, no more than five. */
const versionsFrom = (least: number) =>
  z
    .array(versionSchema)
    .min(least)
    .max(VERSIONS_MAX)
    .refine((versions) => new Set(versions).size === versions.length, 'each version once');

export const versionComparisonQuerySchema = z.object({
  versions: z
    .string()
    .regex(/^\d{1,10}(,\d{1,10}){1,4}$/, '2 to 5 numbers with commas between them')
    .transform((text) => text.split(',').map(Number))
    .pipe(versionsFrom(2))
    .describe('2 to 5 versions, e.g. `3,4`; the others are held against the first. 0 is the base model.'),
});
export const trialSchema = z.strictObject({
  versions: versionsFrom(1),
  question: z.string().trim().min(1).max(QUESTION_CHARS_MAX),
});

export const versionComparisonSchema = z.object({
  versions: z.array(
    z.object({
      version: z.int(),
      status: z.string().describe('`base` for version 0.'),
      createdAt: z.iso.datetime().nullable(),
      heldOut: z.object({ items: z.int(), right: z.int() }),
      general: z
        .object({ nll: z.number(), klToBase: z.number() })
        .nullable()
        .describe('−log p of general answers, and KL to the base model, in nats a token.'),
      usage: usageSchema,
    }),
  ),
  deltas: z
    .array(
      z.object({
        version: z.int(),
        slice: z.string().nullable().describe('null: all together.'),
        ...{ items: z.int(), wins: z.int(), losses: z.int(), difference: z.number() },
        interval: z.tuple([z.number(), z.number()]).describe('Where the difference lies, with 95 % confidence.'),
      }),
    )
    .describe('Against the first version, on questions that both were asked; the worst first.'),
  items: z
    .array(
      z.object({
        ...{ id: z.string(), slice: z.string(), question: z.string(), expected: z.string() },
        answers: z.array(z.object({ version: z.int(), answer: z.string(), right: z.boolean() })),
      }),
    )
    .describe(`What was lost first, then what was won; at most ${ITEMS_SHOWN_MAX}.`),
});
export const trialAnswersSchema = z.object({
  promptVersion: z.int(),
  answers: z.array(
    z.object({
      version: z.int(),
      text: z.string().nullable(),
      ms: z.int(),
      error: z.string().nullable().describe("Why it couldn't answer."),
    }),
  ),
});

/** A comparison as clients see it. */
export function toVersionComparisonView({
  versions,
  deltas,
  items,
}: VersionComparison): z.infer<typeof versionComparisonSchema> {
  return {
    versions: versions.map(({ row, ...rest }) => ({
      ...rest,
      status: row?.status ?? 'base',
      createdAt: row?.createdAt.toISOString() ?? null,
    })),
    deltas,
    items: items.slice(0, ITEMS_SHOWN_MAX).map(({ answers, ...item }) => ({
      ...item,
      answers: [...answers].map(([version, given]) => ({ version, ...given })),
    })),
  };
}
