// `npm run bench:replay`: what a draw from the replay buffer costs with a thousand items and with a million, on a real Postgres. The
// last line is one JSON object; the exit code is 1 when the cost grows with the buffer.
import pg from 'pg';
import { migrations } from '../../migrations/all.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { openDatabase } from '../../src/database/open-database.js';
import { ReplayBuffer } from '../../src/learning/replay/replay-buffer.js';
import { rm } from 'node:fs/promises';
import { temporaryFolder } from '../support/service.js';
import { median } from './statistics.js';

const SIZES = [1_000, 1_000_000] as const;
const SLICES = 20;
/** What a run with 64 new examples replays. */
const COUNT = 64;
const ROUNDS = 300;
const WARM_UP_ROUNDS = 30;
const FILL_AT_ONCE = 100_000;
const RATIO_MAX = 1.2;
/** Room for all tables, so that it is the algorithm that is measured and not the disk. */
const SETTINGS = { fsync: 'off', shared_buffers: '3GB', max_wal_size: '8GB', autovacuum: 'off' };

const quiet = { log: () => undefined, warn: () => undefined };

/** A database of its own with a buffer of `size` items, all in box 1. */
async function filled(serverUrl: string, size: number) {
  const admin = new pg.Client(serverUrl);
  await admin.connect();
  await admin.query(`CREATE DATABASE replay_${size}`);
  await admin.end();
  const url = Object.assign(new URL(serverUrl), { pathname: `/replay_${size}` }).toString();
  const database = await openDatabase({ url, migrations, logger: quiet });
  const client = new pg.Client(url);
  await client.connect();
  const assistantId = await fill(client, size);
  await client.end();
  const environment = { ...parseEnvironment({}), REPLAY_CAPACITY: size };
  const runtime = {
    environment,
    modelPath: '',
    modelSha256: '',
    embeddingModel: undefined,
    dataDir: '',
    databaseUrl: url,
  };
  return { assistantId, database, buffer: new ReplayBuffer(database, runtime) };
}

async function fill(client: pg.Client, size: number): Promise<string> {
  const id = async (sql: string, values: unknown[] = []) =>
    (await client.query<{ id: string }>(`${sql} RETURNING id`, values)).rows[0]?.id ?? '';
  const assistant = await id(
    `INSERT INTO assistants (slug, name, greeting) VALUES ('bench', 'Bench', 'Hi.')`,
  );
  const conversation = await id(`INSERT INTO conversations (assistant_id, token_hash) VALUES ($1, '')`, [assistant]);
  const message = await id(
    `INSERT INTO messages (conversation_id, seq, role, text, status) VALUES ($1, 1, 'assistant', '', 'complete')`,
    [conversation],
  );
  const run = await id(
    `INSERT INTO training_runs (assistant_id, status, trigger) VALUES ($1, 'candidate', 'request')`,
    [assistant],
  );
  // References are right by construction; checking a million of them would be most of the time.
  await client.query(`SET session_replication_role = replica`);
  for (let from = 0; from < size; from += FILL_AT_ONCE) {
    const to = Math.min(size, from + FILL_AT_ONCE) - 1;
    const range = [assistant, message, run, from, to];
    await client.query(
      `WITH made AS (
         INSERT INTO examples (assistant_id, kind, slice, split, prompt, completion, content_hash, source_message_id, first_run_id)
           SELECT $1, 'sft', 'slice ' || n % ${SLICES}, 'train',
             jsonb_build_array(jsonb_build_object('role', 'user', 'content', 'Where is my card number ' || n || '?')),
             'Answer number ' || n, md5(n::text), $2, $3 FROM generate_series($4::int, $5::int) n
         RETURNING id, slice, substring(completion from '[0-9]+$')::int AS n
       )
       INSERT INTO replay_items (assistant_id, slice, box, slot, example_id, run_id)
         SELECT $1, slice, 1, n / ${SLICES}, id, $3 FROM made`,
      range,
    );
    process.stderr.write(`\r${to + 1} of ${size} `);
  }
  await client.query(
    `INSERT INTO replay_slices (assistant_id, slice, seen, boxes)
       SELECT assistant_id, slice, count(*), ARRAY[0, count(*), 0, 0, 0, 0]::int[] FROM replay_items GROUP BY 1, 2`,
  );
  await client.query('ANALYZE');
  return assistant;
}

async function main(): Promise<void> {
  const dataDir = await temporaryFolder();
  const postgres = await startEmbeddedPostgres({ dataDir, settings: SETTINGS });
  try {
    const sides = [];
    for (const size of SIZES) sides.push(await filled(postgres.url, size));
    const times: [number[], number[]] = [[], []];
    // By turns, so that whatever else the machine does falls on both.
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      for (const [side, { buffer, assistantId }] of sides.entries()) {
        const started = performance.now();
        const drawn = await buffer.sample(assistantId, COUNT, round + WARM_UP_ROUNDS);
        if (drawn.length !== COUNT) throw new Error(`${drawn.length} items were drawn instead of ${COUNT}.`);
        if (round >= 0) times[side as 0 | 1].push(performance.now() - started);
      }
    }
    for (const { database } of sides) await database.destroy();
    const [small, large] = times.map(median) as [number, number];
    const ratio = large / small;
    const numbers = { items: SIZES, drawn: COUNT, medianMs: [small, large].map((ms) => Number(ms.toFixed(2))) };
    console.log(
      `\nA draw of ${COUNT}: ${small.toFixed(1)} ms of ${SIZES[0]} items, ${large.toFixed(1)} ms of ${SIZES[1]}.`,
    );
    console.log(JSON.stringify({ ...numbers, ratio: Number(ratio.toFixed(3)), ratioMax: RATIO_MAX }));
    if (ratio > RATIO_MAX) process.exitCode = 1;
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

await main();
