// Answers about people: who I am, sign-ins, users, keys of machines.
import * as z from 'zod/mini';
import { moment } from './moment.js';

export const roleSchema = z.enum(['agent', 'operator', 'admin']);
export type Role = z.infer<typeof roleSchema>;

export const roleForSchema = z.object({
  /** A slug; null: all assistants. */
  assistant: z.nullable(z.string()),
  role: roleSchema,
});
export type RoleFor = z.infer<typeof roleForSchema>;

export const meSchema = z.object({
  user: z.object({
    kind: z.enum(['user', 'key', 'token']),
    id: z.nullable(z.string()),
    name: z.string(),
    email: z.nullable(z.string()),
    mustChangePassword: z.boolean(),
    hasPassword: z.boolean(),
  }),
  readOnly: z.boolean(),
  roles: z.array(roleForSchema),
});
export type Me = z.infer<typeof meSchema>;

export const waysSchema = z.object({ password: z.boolean(), oidc: z.nullable(z.object({ name: z.string() })) });

export const sessionListSchema = z.object({
  sessions: z.array(
    z.object({
      id: z.string(),
      current: z.boolean(),
      address: z.string(),
      userAgent: z.string(),
      createdAt: moment,
      renewedAt: moment,
    }),
  ),
});

export const userSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  active: z.boolean(),
  mustChangePassword: z.boolean(),
  hasPassword: z.boolean(),
  oidc: z.boolean(),
  roles: z.array(roleForSchema),
  signedInAt: z.nullable(moment),
  createdAt: moment,
});
export type User = z.infer<typeof userSchema>;
export const userListSchema = z.object({ users: z.array(userSchema) });
export const userWithPasswordSchema = z.object({ user: userSchema, oneTimePassword: z.string() });

export const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  role: roleSchema,
  assistants: z.nullable(z.array(z.string())),
  readOnly: z.boolean(),
  start: z.string(),
  createdBy: z.string(),
  createdAt: moment,
  expiresAt: z.nullable(moment),
  lastUsedAt: z.nullable(moment),
  revokedAt: z.nullable(moment),
});
export type ApiKey = z.infer<typeof apiKeySchema>;
export const apiKeyListSchema = z.object({ apiKeys: z.array(apiKeySchema) });
export const newApiKeySchema = z.object({ apiKey: apiKeySchema, key: z.string() });
