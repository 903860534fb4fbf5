// Brings the schema up to date at start; several nodes may start at once, so one migrates while the others wait.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { DatabaseError } from './database-error.js';

/** Key of the advisory lock, any fixed number that nobody else uses: "retune" as bytes. */
const MIGRATION_LOCK = 0x7265_7475_6e65;
const LOCK_WAIT_MS_MAX = 120_000;
const LOCK_POLL_MS = 250;

/**
 * Runs all pending migrations in one transaction, under an advisory lock of the database.
 * @throws DatabaseError `database.migration_failed`; the schema is then as it was before
 */
export async function migrate(dataSource: DataSource, url: string, logger: Pick<Logger, 'log'>): Promise<void> {
  // A connection of its own, so that the lock lives exactly as long as the migration, whatever the pool does.
  const client = new pg.Client({ connectionString: url, application_name: 'retune-migrate' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await takeLock(client);
    const done = await dataSource.runMigrations({ transaction: 'all' });
    if (done.length > 0) logger.log(`Database schema: ${done.map(({ name }) => name).join(', ')} applied.`);
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseError('database.migration_failed', `The database schema could not be updated: ${reason}`, {
      cause: error,
    });
  } finally {
    // Closing the session gives the lock back.
    await client.end().catch(() => undefined);
  }
}

async function takeLock(client: pg.Client): Promise<void> {
  for (const deadline = Date.now() + LOCK_WAIT_MS_MAX; Date.now() < deadline; await sleep(LOCK_POLL_MS)) {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      MIGRATION_LOCK,
    ]);
    if (rows[0]?.taken) return;
  }
  throw new DatabaseError('database.migration_failed', 'Another node has been migrating the database for two minutes.');
}
