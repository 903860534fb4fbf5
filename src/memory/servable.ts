// Which entries may be served: active ones, unless intake holds back what their correction teaches.
import { In, type EntityManager } from 'typeorm';
import { MemoryEntry } from '../database/entities/memory-entry.entity.js';

const NOT_HELD = `NOT EXISTS (SELECT 1 FROM examples
  WHERE examples.source_correction_id = entry.correction_id AND examples.status = 'quarantined')`;

function servable(manager: EntityManager) {
  return manager.createQueryBuilder(MemoryEntry, 'entry').where({ state: 'active' }).andWhere(NOT_HELD);
}

/** Ids of the newest ones. */
export async function servableIds(manager: EntityManager, max: number): Promise<string[]> {
  const newest = servable(manager).select('entry.id', 'id').orderBy('entry.created_at', 'DESC').limit(max);
  return (await newest.getRawMany<{ id: string }>()).map(({ id }) => id);
}

/** Those of them that may be served. */
export function servableOf(manager: EntityManager, ids: string[]): Promise<MemoryEntry[]> {
  return servable(manager)
    .andWhere({ id: In(ids) })
    .getMany();
}
