// What a group at the identity provider may do here, as `OIDC_ROLES` says: `support=agent:demo,ops=operator`.
import { z } from 'zod';

/** A value of the claim and the role that it gives, for one assistant (its slug) or for all. */
export interface OidcRole {
  value: string;
  role: 'agent' | 'operator' | 'admin';
  assistant: string | null;
}

const ENTRY = /^([^=,]+)=(agent|operator|admin)(?::([a-z0-9][a-z0-9-]{0,62}))?$/;

export const oidcRolesTextSchema = z
  .string()
  .default('')
  .transform((text, context): OidcRole[] =>
    text.split(',').flatMap((entry) => {
      if (entry.trim() === '') return [];
      const [, value, role, assistant = null] = ENTRY.exec(entry.trim()) ?? [];
      if (value && role) return [{ value, role: role as OidcRole['role'], assistant }];
      context.addIssue({ code: 'custom', message: `${entry} must look like support=agent:demo or ops=operator` });
      return [];
    }),
  );
