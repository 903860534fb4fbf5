// One at a time, on whichever node, of what has no row of its own to lock: Postgres' advisory lock, under a name in words.
import type { EntityManager } from 'typeorm';

/** Waits for whoever holds the name, then holds it until the transaction's end. */
export async function lockByName(manager: EntityManager, name: string): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
}
