// Our own Postgres, for real: made, joined, taken over after a crash, brought back when it dies.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { stop as stopCluster } from '../../src/database/postgres-cluster.js';

jest.setTimeout(120_000);

describe('embedded Postgres', () => {
  let dataDir: string;
  const started: EmbeddedPostgres[] = [];
  const start = async () => {
    const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
    started.push(postgres);
    return postgres;
  };
  const pidFile = () => join(dataDir, 'postgres', 'postmaster.pid');
  const pid = () => Number(readFileSync(pidFile(), 'utf8').split('\n')[0]);
  const ask = async (url: string, sql: string): Promise<unknown> => {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0];
    } finally {
      await client.end();
    }
  };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'retune-postgres-'));
    // As root, user postgres must be able to enter.
    if (process.getuid?.() === 0) await import('node:fs/promises').then(({ chmod }) => chmod(dataDir, 0o755));
  });
  afterEach(async () => {
    for (const each of started.splice(0)) await each.stop();
    await stopCluster({ folder: join(dataDir, 'postgres') });
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it('makes a database in UTF-8 with the C locale and a password that only we can read', async () => {
    const { url } = await start();
    expect(await ask(url, 'SHOW server_encoding')).toBe('UTF8');
    expect(await ask(url, "SELECT datcollate FROM pg_database WHERE datname = 'retune'")).toBe('C');
    expect(statSync(join(dataDir, 'postgres-password')).mode & 0o077).toBe(0);
    await expect(ask(url.replace(/:[0-9a-f]{48}@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(/password/);
    await ask(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  });

  it('keeps what is in it, is shared, and is stopped by the last to leave', async () => {
    const one = await start();
    const other = await start();
    expect(other.url).toBe(one.url);
    await one.stop();
    expect(await ask(other.url, 'SELECT answer FROM kept')).toBe(42);
    await other.stop();
    expect(existsSync(pidFile())).toBe(false);
  });

  it('starts beside a leftover that names another live process', async () => {
    await writeFile(pidFile(), `${process.ppid}\n${join(dataDir, 'postgres')}\n1\n5432\n`);
    const { url } = await start();
    expect(await ask(url, 'SELECT answer FROM kept')).toBe(42);
  });

  it('comes back on the same port when it is killed', async () => {
    const { url } = await start();
    process.kill(pid(), 'SIGKILL');
    let answer: unknown;
    for (let tries = 0; answer !== 42 && tries < 200; tries++) {
      await sleep(100);
      answer = await ask(url, 'SELECT answer FROM kept').catch(() => undefined);
    }
    expect(answer).toBe(42);
  });

  it('does not look for its files any more once it was stopped', async () => {
    const running = await start();
    await rm(join(dataDir, 'postgres-start.log'));
    await running.stop();
    // An exception of the child's last event would end the process.
    await sleep(500);
  });

  it('says so when the password is lost', async () => {
    await rm(join(dataDir, 'postgres-password'));
    await expect(start()).rejects.toMatchObject({ code: 'database.start' });
  });
});
