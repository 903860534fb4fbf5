// The three roles and what having them for an assistant lets one do: a role includes those before it.
import { z } from 'zod';

export const ROLES = ['agent', 'operator', 'admin'] as const;
export const roleSchema = z.enum(ROLES);
/** What somebody may do: talk to customers and correct answers; run what answers; say who may do what. */
export type Role = (typeof ROLES)[number];

/** A role for one assistant, or for all where `assistantId` is null. */
export interface Grant {
  assistantId: string | null;
  role: Role;
}

/** Whether a role is enough where another one is needed. */
export function includes(role: Role | undefined, needed: Role): boolean {
  return role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** The higher of two roles. */
export function higher(a: Role | undefined, b: Role): Role {
  return a !== undefined && includes(a, b) ? a : b;
}
