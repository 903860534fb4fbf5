// Answers about what an assistant is told and how it is met: prompt versions, the playground, the gate's canaries, site keys.
import * as z from 'zod/mini';
import { moment } from './moment.js';

export const fewShotSchema = z.object({ question: z.string(), answer: z.string() });
export type FewShot = z.infer<typeof fewShotSchema>;

export const promptVersionSchema = z.object({
  version: z.number(),
  active: z.boolean(),
  instructions: z.string(),
  fewShot: z.array(fewShotSchema),
  unknownAnswer: z.nullable(z.string()),
  author: z.nullable(z.string()),
  note: z.string(),
  createdAt: moment,
});
export type PromptVersion = z.infer<typeof promptVersionSchema>;
export const promptVersionListSchema = z.object({ promptVersions: z.array(promptVersionSchema) });

/** One line of the playground's answer. */
export const playgroundLineSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('start'),
    adapterVersion: z.number(),
    promptVersion: z.nullable(z.number()),
    shots: z.number(),
    memory: z.array(z.object({ entryId: z.string(), score: z.number(), use: z.string() })),
  }),
  z.object({ kind: z.literal('delta'), text: z.string() }),
  z.object({
    kind: z.literal('done'),
    text: z.string(),
    finishReason: z.string(),
    promptTokens: z.number(),
    completionTokens: z.number(),
    firstTextMs: z.nullable(z.number()),
    latencyMs: z.number(),
  }),
  z.object({ kind: z.literal('error'), error: z.object({ code: z.string(), message: z.string() }) }),
]);
export type PlaygroundLine = z.infer<typeof playgroundLineSchema>;

const demands = {
  mustContain: z.nullable(z.string()),
  mustNotContain: z.nullable(z.string()),
  mustEqual: z.nullable(z.string()),
};
export const gateCanarySchema = z.object({
  ...{ id: z.string(), question: z.string(), note: z.string(), createdAt: moment },
  ...demands,
});
export type GateCanary = z.infer<typeof gateCanarySchema>;
export const gateCanaryListSchema = z.object({ canaries: z.array(gateCanarySchema) });

const fields = z.nullable(z.object({ question: z.optional(z.string()) }));
export const gateCanaryChangeListSchema = z.object({
  changes: z.array(
    z.object({
      ...{ id: z.string(), action: z.string(), actor: z.string(), createdAt: moment },
      ...{ before: fields, after: fields },
    }),
  ),
});
export type GateCanaryChange = z.infer<typeof gateCanaryChangeListSchema>['changes'][number];

export const widgetSettingsSchema = z.object({
  title: z.nullable(z.string()),
  greeting: z.nullable(z.string()),
  accent: z.nullable(z.string()),
  accentDark: z.nullable(z.string()),
  theme: z.nullable(z.enum(['light', 'dark'])),
  position: z.nullable(z.enum(['left', 'right'])),
  locale: z.nullable(z.string()),
});
export type WidgetSettings = z.infer<typeof widgetSettingsSchema>;

export const siteKeySchema = z.object({
  id: z.string(),
  key: z.string(),
  name: z.string(),
  origins: z.array(z.string()),
  anyOrigin: z.boolean(),
  widget: widgetSettingsSchema,
  secretMadeAt: z.nullable(moment),
});
export type SiteKey = z.infer<typeof siteKeySchema>;
export const siteKeyListSchema = z.object({ siteKeys: z.array(siteKeySchema) });
export const siteKeyWithSecretSchema = z.extend(siteKeySchema, { secret: z.string() });
