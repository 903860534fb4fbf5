// Roles as people write them, with an assistant's slug, and as they are stored, with its id.
import { In, type EntityManager } from 'typeorm';
import { Assistant } from '../../database/entities/assistant.entity.js';
import { AccessError } from '../access-error.js';
import type { Role } from '../roles.js';

/** A role for the assistant with this slug; null: for all. */
export interface RoleFor {
  assistant: string | null;
  role: Role;
}

/** Slug → id. @throws AccessError `access.assistant_unknown` */
export async function assistantIdsOf(manager: EntityManager, slugs: readonly string[]): Promise<Map<string, string>> {
  if (slugs.length === 0) return new Map();
  const found = await manager.findBy(Assistant, { slug: In([...slugs]) });
  const ids = new Map(found.map(({ slug, id }) => [slug, id]));
  const unknown = slugs.find((slug) => !ids.has(slug));
  if (unknown === undefined) return ids;
  throw new AccessError('access.assistant_unknown', `There is no assistant "${unknown}".`, 'invalid');
}
