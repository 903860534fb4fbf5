// Roles in words.
import type { RoleFor } from '../../api/schemas/access.js';

/** "operator of all assistants, agent of shop" */
export function rolesInWords(roles: RoleFor[]): string {
  if (roles.length === 0) return 'no role';
  return roles.map(({ assistant, role }) => `${role} of ${assistant ?? 'all assistants'}`).join(', ');
}

/** What a role lets one do. */
export const ROLE_WORDS: Record<string, string> = {
  agent: 'Agent: talks to customers, corrects answers',
  operator: 'Operator: also decides what answers',
  admin: 'Administrator: also says who may do what',
};
