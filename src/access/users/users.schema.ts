// What administrators see and say of users.
import { z } from 'zod';
import { emailSchema, nameSchema, roleForSchema } from '../sign-in/sign-in.schema.js';

const ROLES_MAX = 1_000;
export const REASON_CHARS_MAX = 1_000;
export const userIdSchema = z.uuid();
export const reasonSchema = z.string().trim().max(REASON_CHARS_MAX).default('');
const rolesSchema = z
  .array(roleForSchema)
  .max(ROLES_MAX)
  .refine((roles) => new Set(roles.map(({ assistant }) => assistant)).size === roles.length, 'one role an assistant');

export const newUserSchema = z.strictObject({
  email: emailSchema,
  name: nameSchema,
  roles: rolesSchema,
  reason: reasonSchema,
});
export const changeUserSchema = z.strictObject({
  name: nameSchema.optional(),
  active: z.boolean().optional(),
  roles: rolesSchema.optional(),
  reason: reasonSchema,
});
export const userOrderSchema = z.strictObject({ reason: reasonSchema });

export const userSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  active: z.boolean(),
  mustChangePassword: z.boolean(),
  hasPassword: z.boolean(),
  oidc: z.boolean().describe('Signs in through the identity provider.'),
  roles: z.array(roleForSchema),
  signedInAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});
export type UserView = z.infer<typeof userSchema>;
export const userListSchema = z.object({ users: z.array(userSchema) });
export const userWithPasswordSchema = z.object({
  user: userSchema,
  oneTimePassword: z.string().describe('Shown this once; to be changed at the first sign-in.'),
});
