// Looks through the audit, newest first.
import type { DataSource } from 'typeorm';
import { AuditEntry } from '../../database/entities/audit-entry.entity.js';
import { whereHasWords } from '../../database/has-words.js';

/** What is looked for; what is left out doesn't matter. */
export interface AuditSearch {
  /** Assistants whose entries may be shown; `all`: also those of no assistant (users, keys). */
  of: 'all' | string[];
  /** Words that stand in an entry anywhere, in any case. */
  q?: string;
  actor?: string;
  /** A whole action, or its beginning up to the dot: `version`. */
  action?: string;
  from?: Date;
  to?: Date;
  /** Id of the last entry of the page before. */
  before?: string;
  limit: number;
}

const HAYSTACK = `concat_ws(' ', entry.actor, entry.action, entry.target_kind, entry.target_id, entry.reason,
  entry.before::text, entry.after::text)`;

/** At most `limit` entries. */
export function searchAudit(database: DataSource, search: AuditSearch): Promise<AuditEntry[]> {
  const { of, q, actor, action, from, to, before, limit } = search;
  const query = database.manager.createQueryBuilder(AuditEntry, 'entry').orderBy('entry.id', 'DESC').take(limit);
  if (of !== 'all') query.andWhere('entry.assistant_id = ANY(:of)', { of });
  if (actor !== undefined) query.andWhere('entry.actor = :actor', { actor });
  if (action !== undefined) {
    query.andWhere("(entry.action = :action OR starts_with(entry.action, :action || '.'))", { action });
  }
  if (from) query.andWhere('entry.created_at >= :from', { from });
  if (to) query.andWhere('entry.created_at < :to', { to });
  if (before !== undefined) query.andWhere('entry.id < :before', { before });
  whereHasWords(query, HAYSTACK, q);
  return query.getMany();
}
