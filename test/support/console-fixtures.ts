// Something on every page of the console: one thing of each kind, and versions, of the assistant `demo`.
import pg from 'pg';
import { ANY_ID, putBack, THINGS } from './access-fixtures.js';

const DEMO = `(SELECT id FROM assistants WHERE slug = 'demo')`;
const version = (number: number, status: string) => `
  INSERT INTO adapter_versions (assistant_id, version, status, parent_version, sha256, size_bytes, base_sha256, rank, alpha)
  VALUES (${DEMO}, ${number}, '${status}', 0, repeat('${number}', 64), 9800000, repeat('b', 64), 8, 16)`;
const ROWS = [
  version(1, 'retired'),
  version(2, 'candidate'),
  version(3, 'rejected'),
  `INSERT INTO deployments (assistant_id, action, from_version, to_version, actor, reason)
    VALUES (${DEMO}, 'promote', 0, 1, 'Mara', 'Better on cards.'), (${DEMO}, 'rollback', 1, 0, 'Mara', 'Trying it out.')`,
  `INSERT INTO rollouts (id, assistant_id, version, from_version, steps, share, state, alpha, reason, actor)
    VALUES ('${ANY_ID}', ${DEMO}, 2, 0, '[5, 20]', 0.05, 'queued', 0.05, 'It passed the gate.', 'Mara')`,
];

/** Ids for addresses of pages. */
export const SHOWN = { conversation: THINGS['/api/v1/conversations'] ?? '', run: ANY_ID, rollout: ANY_ID };

export async function fillConsole(databaseUrl: string): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await putBack(client, '');
    await client.query(ROWS.join(';\n'));
  } finally {
    await client.end();
  }
}
