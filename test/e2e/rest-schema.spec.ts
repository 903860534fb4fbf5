// The schema on a real Postgres: reversible, the same as the entities say, and safe when several nodes start at once.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { Chat1700000009000 } from '../../migrations/1700000009000-chat.js';
import { migrations } from '../../migrations/all.js';
import { dataSourceOptions, entities } from '../../src/database/data-source.js';
import { openDatabase } from '../../src/database/open-database.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

const logger = { log: () => undefined, warn: () => undefined };
let postgres: TestPostgres;
let dataSource: DataSource;

beforeAll(async () => {
  postgres = await startPostgres();
  dataSource = await new DataSource(dataSourceOptions(postgres.url, migrations, logger)).initialize();
});

afterAll(async () => {
  await dataSource?.destroy();
  await postgres?.remove();
});

const tables = async () => {
  const rows = await dataSource.query<{ tablename: string }[]>(
    `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations' ORDER BY 1`,
  );
  return rows.map(({ tablename }) => tablename);
};

describe('migrations', () => {
  it('go up, down and up again', async () => {
    await dataSource.runMigrations({ transaction: 'all' });
    const made = await tables();
    expect(made).toHaveLength(entities.length);
    for (const _ of migrations) await dataSource.undoLastMigration({ transaction: 'all' });
    expect(await tables()).toEqual([]);
    await dataSource.runMigrations({ transaction: 'all' });
    expect(await tables()).toEqual(made);
  });

  it('make exactly what the entities describe', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('refuse words that are no status, a second active run, and a second champion', async () => {
    const [assistant] = await dataSource.query<{ id: string }[]>(
      `INSERT INTO assistants (slug, name, greeting) VALUES ('s', 'S', 'Hi') RETURNING id`,
    );
    const run = (status: string, mode = 'full') =>
      dataSource.query(
        `INSERT INTO training_runs (assistant_id, status, trigger, mode) VALUES ($1, $2, 'request', $3)`,
        [assistant?.id, status, mode],
      );
    await expect(run('dancing')).rejects.toThrow('training_runs_status');
    await run('queued');
    await run('failed');
    await expect(run('queued')).rejects.toThrow('training_runs_one_full');
    await run('training', 'micro');
    await expect(run('evaluating', 'micro')).rejects.toThrow('training_runs_one_active');
    const champion = (version: number) =>
      dataSource.query(
        `INSERT INTO adapter_versions (assistant_id, version, status, parent_version, sha256, size_bytes, base_sha256, rank, alpha)
        VALUES ($1, $2, 'champion', 0, 'a', 1, 'b', 8, 16)`,
        [assistant?.id, version],
      );
    await champion(1);
    await expect(champion(2)).rejects.toThrow('adapter_versions_one_champion');
  });

  it('keep the key that websites use, up and down', async () => {
    const { name } = new Chat1700000009000().constructor;
    const undo = async () => {
      for (let undone = ''; undone !== name;) {
        const [newest] = await dataSource.query<{ name: string }[]>(
          'SELECT name FROM migrations ORDER BY id DESC LIMIT 1',
        );
        undone = newest?.name ?? name;
        await dataSource.undoLastMigration({ transaction: 'all' });
      }
    };
    await dataSource.query(`INSERT INTO site_keys (assistant_id, key, name) SELECT id, 'k', 'K' FROM assistants`);
    await undo();
    expect(await dataSource.query('SELECT slug, site_key FROM assistants')).toEqual([{ slug: 's', site_key: 'k' }]);
    await dataSource.runMigrations({ transaction: 'all' });
    expect(await dataSource.query('SELECT key, origins, secret FROM site_keys')).toEqual([
      { key: 'k', origins: [], secret: null },
    ]);
  });

  it('run once when several nodes start at the same time', async () => {
    await dataSource.dropDatabase();
    const open = () => openDatabase({ url: postgres.url, migrations, logger });
    const nodes = await Promise.all([open(), open(), open()]);
    const [count] = await dataSource.query<{ n: number }[]>('SELECT count(*)::int AS n FROM migrations');
    expect(count?.n).toBe(migrations.length);
    await Promise.all(nodes.map((node) => node.destroy()));
  });
});

describe('openDatabase', () => {
  it('waits for a Postgres that starts later', async () => {
    await dataSource.destroy();
    await postgres.pause();
    const opening = openDatabase({ url: postgres.url, migrations, logger });
    await postgres.resume();
    dataSource = await opening;
    expect(await tables()).toHaveLength(entities.length);
  });

  it('says in one sentence what is wrong with the connection, without the password', async () => {
    const wrong = new URL(postgres.url);
    wrong.password = 'wrong-secret';
    const refused = openDatabase({ url: wrong.href, migrations, logger });
    await expect(refused).rejects.toMatchObject({ code: 'database.refused' });
    await expect(refused).rejects.not.toThrow('wrong-secret');
    const away = openDatabase({ url: 'postgres://u:secret@127.0.0.1:9/x', migrations, logger, waitMs: 300 });
    await expect(away).rejects.toMatchObject({ code: 'database.unavailable' });
    await expect(away).rejects.toThrow('127.0.0.1:9/x');
  });
});
