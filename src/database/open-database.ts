// Opens the data source at start: waits for Postgres with backoff, migrates under a lock, and survives Postgres going away later.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import { DataSource, type MixedList } from 'typeorm';
import { DatabaseError, isLostConnection } from './database-error.js';
import { dataSourceOptions } from './data-source.js';
import { migrate } from './migrate.js';

/** How long the start waits for a Postgres that doesn't answer yet. */
const WAIT_FOR_DATABASE_MS = 60_000;
const BACKOFF_MS_FIRST = 200;
const BACKOFF_MS_MAX = 4_000;

export interface OpenDatabaseOptions {
  url: string;
  /** Migration classes, oldest first. */
  migrations: MixedList<new () => object>;
  logger: Pick<Logger, 'log' | 'warn'>;
  waitMs?: number;
}

/**
 * A connected, fully migrated data source.
 * @throws DatabaseError `database.unavailable` after the wait, `database.refused` at once (password, database name, …),
 * `database.migration_failed`
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<DataSource> {
  const dataSource = new DataSource(dataSourceOptions(options.url, options.migrations, options.logger));
  await connect(dataSource, options);
  try {
    await migrate(dataSource, options.url, options.logger);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  return dataSource;
}

async function connect(dataSource: DataSource, options: OpenDatabaseOptions): Promise<void> {
  const deadline = Date.now() + (options.waitMs ?? WAIT_FOR_DATABASE_MS);
  for (let backoffMs = BACKOFF_MS_FIRST; ; backoffMs = Math.min(backoffMs * 2, BACKOFF_MS_MAX)) {
    try {
      await dataSource.initialize();
      return;
    } catch (error) {
      if (!isLostConnection(error)) throw refused(options.url, error);
      if (Date.now() + backoffMs > deadline) throw unavailable(options.url, error);
      options.logger.warn(`Postgres at ${placeOf(options.url)} doesn't answer yet (${reasonOf(error)}); trying again.`);
      await sleep(backoffMs);
    }
  }
}

function refused(url: string, error: unknown): DatabaseError {
  const message = `Postgres at ${placeOf(url)} refused the connection: ${reasonOf(error)}. Check DATABASE_URL.`;
  return new DatabaseError('database.refused', message, { cause: error });
}

function unavailable(url: string, error: unknown): DatabaseError {
  const message = `Postgres at ${placeOf(url)} can't be reached: ${reasonOf(error)}. Is it running, and is DATABASE_URL right?`;
  return new DatabaseError('database.unavailable', message, { cause: error });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return error.message || code || error.name;
}

/** Host, port and database of a connection string: what may be shown, without the password. */
export function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname || 'the local socket'}${port ? `:${port}` : ''}${pathname}`;
}
