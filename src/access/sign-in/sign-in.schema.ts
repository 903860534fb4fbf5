// What goes over the wire when somebody signs in, and what they see of themselves.
import { z } from 'zod';
import { roleSchema } from '../roles.js';
import { PASSWORD_CHARS_MAX } from './passwords.js';

export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(200)
  // `admin@localhost` is one, too.
  .regex(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address');
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must be printable');
/** Its quality is looked at where a new one is chosen. */
export const passwordSchema = z.string().min(1).max(PASSWORD_CHARS_MAX);

export const waysSchema = z.object({
  password: z.boolean(),
  oidc: z.object({ name: z.string().describe('For the button.') }).nullable(),
});
export const signInSchema = z.strictObject({ email: emailSchema, password: passwordSchema });

export const meUserSchema = z.object({
  kind: z.enum(['user', 'key', 'token']),
  id: z.uuid().nullable(),
  name: z.string(),
  email: z.string().nullable(),
  mustChangePassword: z.boolean(),
  hasPassword: z.boolean(),
});
export const signedInSchema = z.object({
  accessToken: z.string().describe('Ten minutes; keep it in memory only.'),
  expiresAt: z.iso.datetime(),
  user: meUserSchema,
});
export type SignedInView = z.infer<typeof signedInSchema>;

export const roleForSchema = z.object({
  assistant: z.string().nullable().describe("An assistant's slug; null: all."),
  role: roleSchema,
});
export const meSchema = z.object({ user: meUserSchema, readOnly: z.boolean(), roles: z.array(roleForSchema) });
export type Me = z.infer<typeof meSchema>;

export const changeMeSchema = z
  .strictObject({
    name: nameSchema.optional(),
    currentPassword: passwordSchema.optional(),
    newPassword: passwordSchema.optional(),
  })
  .refine(
    ({ currentPassword, newPassword }) => (currentPassword === undefined) === (newPassword === undefined),
    'a new password needs the present one',
  );

export const sessionSchema = z.object({
  id: z.uuid(),
  current: z.boolean(),
  address: z.string(),
  userAgent: z.string(),
  createdAt: z.iso.datetime(),
  renewedAt: z.iso.datetime(),
});
export const sessionListSchema = z.object({ sessions: z.array(sessionSchema) });
