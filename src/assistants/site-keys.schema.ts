// The shapes of site keys over REST: each gives the type, the validation and the documentation.
import { z } from 'zod';
import { originSchema } from '../access/site-keys/origins.js';
import type { SiteKeyChange } from '../database/entities/site-key-change.entity.js';
import type { SiteKey } from '../database/entities/site-key.entity.js';
import { toWidgetSettings, widgetSettingsSchema } from './widget-settings.schema.js';

const NAME_CHARS_MAX = 100;
const ORIGINS_MAX = 50;
const CHANGES_MAX = 500;
const GRACE_SECONDS_MAX = 7 * 86_400;

export const siteKeyIdSchema = z.uuid().describe("The site key's id.");

const name = z.string().trim().min(1).max(NAME_CHARS_MAX).describe('For people, e.g. the name of the website.');
const origins = z
  .array(originSchema)
  .max(ORIGINS_MAX)
  .transform((list) => [...new Set(list)])
  .describe('Websites that may use it: `https://shop.example`, `https://*.shop.example`. Empty: any website.');

export const newSiteKeySchema = z.strictObject({ name, origins: origins.default([]) });
export const siteKeyChangeSchema = z.strictObject({
  name: name.optional(),
  origins: origins.optional(),
  widget: widgetSettingsSchema.optional(),
});
export const rotationSchema = z
  .strictObject({
    graceSeconds: z
      .int()
      .min(0)
      .max(GRACE_SECONDS_MAX)
      .default(3_600)
      .describe('How long identities signed with the secret before this one are taken; 0 where it has leaked.'),
  })
  .prefault({});

export const siteKeySchema = z.object({
  id: siteKeyIdSchema,
  key: z.string().describe('Public: what the widget sends.'),
  name: z.string(),
  origins: z.array(z.string()),
  anyOrigin: z.boolean().describe('A warning: no website is named, so every website may use it.'),
  widget: widgetSettingsSchema,
  secretMadeAt: z.iso.datetime().nullable().describe('When its secret was made; null: it has none.'),
  createdAt: z.iso.datetime(),
});
export type SiteKeyView = z.infer<typeof siteKeySchema>;
export const siteKeyWithSecretSchema = siteKeySchema.extend({
  secret: z
    .string()
    .describe("Signs customers' identities (HS256). Shown now and never again; keep it on your server."),
});
export const siteKeyListSchema = z.object({ siteKeys: z.array(siteKeySchema) });

export const siteKeyChangesQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(CHANGES_MAX).default(100),
});
export const siteKeyChangeListSchema = z.object({
  changes: z
    .array(
      z.object({
        id: z.string(),
        siteKeyId: z.uuid(),
        action: z.enum(['create', 'change', 'rotate', 'delete']),
        actor: z.string(),
        before: z.record(z.string(), z.unknown()).nullable(),
        after: z.record(z.string(), z.unknown()).nullable(),
        createdAt: z.iso.datetime(),
      }),
    )
    .describe('Newest first.'),
});

/** A site key as operators see it, without its secret. */
export function toSiteKeyView({ secretMadeAt, createdAt, widget, ...siteKey }: SiteKey): SiteKeyView {
  const { id, key, name, origins } = siteKey;
  return {
    ...{ id, key, name, origins, anyOrigin: origins.length === 0, widget: toWidgetSettings(widget) },
    secretMadeAt: secretMadeAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

/** A site key whose secret was just made. */
export function toSiteKeyWithSecret(siteKey: SiteKey): z.infer<typeof siteKeyWithSecretSchema> {
  return { ...toSiteKeyView(siteKey), secret: siteKey.secret ?? '' };
}

/** A change as operators see it. */
export function toSiteKeyChangeView({ assistantId: _, createdAt, ...change }: SiteKeyChange) {
  return { ...change, createdAt: createdAt.toISOString() };
}
