// Something on every page of the console: one thing of each kind, and versions, of the assistant `demo`.
import pg from 'pg';
import { ANY_ID, putBack, THINGS } from './access-fixtures.js';

const DEMO = `(SELECT id FROM assistants WHERE slug = 'demo')`;
const version = (number: number, status: string) => `
  INSERT INTO adapter_versions (assistant_id, version, status, parent_version, sha256, size_bytes, base_sha256, rank, alpha)
  VALUES (${DEMO}, ${number}, '${status}', 0, repeat('${number}', 64), 9800000, repeat('b', 64), 8, 16)`;
const gate = (number: number, verdict: string, summary: string) =>
  `UPDATE adapter_versions SET gate_report = '${JSON.stringify({ verdict, summary })}' WHERE version = ${number}`;
/** What a gate found, with a question that was lost. */
const REPORT = {
  ...{ verdict: 'passed', summary: 'Passed. It answers more of what is new.' },
  target: { items: 12, parentRight: 2, candidateRight: 9, wins: 8, losses: 1 },
  slices: [{ slice: 'fees', items: 8, parentRight: 7, candidateRight: 6, wins: 0, losses: 1, adjusted: 0.5 }],
  general: { parentNll: 1.98, candidateNll: 1.99, klToBase: 0.02 },
  checks: [{ name: 'target', outcome: 'kept', value: 0.58, threshold: 0, sentence: 'It is better on what is new.' }],
  items: [
    {
      ...{ id: 'a', slice: 'fees', question: 'Is there a fee?', expected: 'No.' },
      ...{ parentAnswer: 'No.', candidateAnswer: 'Yes.', parentRight: true, candidateRight: false },
    },
  ],
};
const ROWS = [
  version(1, 'retired'),
  version(2, 'candidate'),
  version(3, 'rejected'),
  `INSERT INTO deployments (assistant_id, action, from_version, to_version, actor, reason)
    VALUES (${DEMO}, 'promote', 0, 1, 'Mara', 'Better on cards.'), (${DEMO}, 'rollback', 1, 0, 'Mara', 'Trying it out.')`,
  `INSERT INTO rollouts (id, assistant_id, version, from_version, steps, share, state, alpha, reason, actor, started_at, ended_at)
    VALUES ('${ANY_ID}', ${DEMO}, 2, 0, '[{"percent": 5, "manual": false}, {"percent": 20, "manual": true}]', 0.05, 'aborted', 0.05, 'It passed the gate.', 'Mara', now(), now())`,
  `UPDATE training_runs SET loss_curve = '[[1, 2.5], [2, 1.4], [3, 1.1]]', settings = '{"rank": 8, "alpha": 16}' WHERE id = '${ANY_ID}'`,
  `UPDATE adapter_versions SET run_id = '${ANY_ID}', gate_report = '${JSON.stringify(REPORT)}' WHERE version = 1`,
  gate(2, 'passed', 'Passed. 11 of 12 questions on what is new are answered right, 3 before. Nothing old was lost.'),
  gate(3, 'refused', 'Refused. On “fees” it lost 3 of 8 questions that its parent answers.'),
  'UPDATE review_items SET lease_holder = NULL, lease_until = NULL',
  // One that waits for a vote, so that no version is asked.
  `UPDATE comparisons SET a_version = 2, made_for = (SELECT name FROM users WHERE email = 'admin@localhost')`,
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
