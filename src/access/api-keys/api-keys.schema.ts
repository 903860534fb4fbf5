// What administrators see and say of machines' keys.
import { z } from 'zod';
import { roleSchema } from '../roles.js';
import { nameSchema } from '../sign-in/sign-in.schema.js';
import { reasonSchema } from '../users/users.schema.js';

const ASSISTANTS_MAX = 100;
export const apiKeyIdSchema = z.uuid();
const scope = {
  name: nameSchema,
  role: roleSchema,
  assistants: z.array(z.string()).min(1).max(ASSISTANTS_MAX).nullable().describe('Slugs; null: all, also later ones.'),
  readOnly: z.boolean(),
  expiresAt: z.iso.datetime().nullable(),
};
export const newApiKeySchema = z.strictObject({
  ...scope,
  readOnly: scope.readOnly.default(false),
  expiresAt: scope.expiresAt
    .default(null)
    .refine((end) => end === null || new Date(end) > new Date(), 'must be in the future'),
  reason: reasonSchema,
});
export type NewApiKey = z.infer<typeof newApiKeySchema>;
export const revokeSchema = z.strictObject({ reason: reasonSchema }).default({ reason: '' });
export const apiKeySchema = z.object({
  ...{ id: z.uuid(), ...scope },
  start: z.string().describe('Its first characters.'),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
});
export type ApiKeyView = z.infer<typeof apiKeySchema>;
export const apiKeyListSchema = z.object({ apiKeys: z.array(apiKeySchema) });
export const newApiKeyAnswerSchema = z.object({
  apiKey: apiKeySchema,
  key: z.string().describe('The key itself, shown this once.'),
});
