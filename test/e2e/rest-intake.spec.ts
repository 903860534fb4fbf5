// Intake on the real service and a real Postgres: redaction, merging, quarantine, lineage, and erasing a customer.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { Lineage } from '../../src/feedback/lineage/lineage.schema.js';
import { answered, type AnsweredQuestion } from '../support/answered.js';
import { openChat, until } from '../support/chat.js';
import { restClient, type Json } from '../support/rest.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

let service: ServiceUnderTest;
let rest: ReturnType<typeof restClient>;
let database: pg.Client;

beforeAll(async () => {
  service = await startService({
    LEARN_MIN_EXAMPLES: '1000000',
    INTAKE_ALLOW: '@acme.example; 0800 1234567',
    MEMORY: 'true',
  });
  rest = restClient(service.url);
  database = new pg.Client(service.databaseUrl);
  await database.connect();
}, 240_000);

afterAll(async () => {
  await database?.end();
  await service?.stop();
});

const operator = () => ({ token: service.operatorToken, headers: { 'x-retune-actor': 'Olga' } });
const rate = ({ answerId, conversationToken }: AnsweredQuestion, value: 'up' | 'down' | null) =>
  rest.post(`/api/v1/messages/${answerId}/ratings`, {
    ...{ body: { value }, headers: { 'x-conversation-token': conversationToken } },
  });
const correct = async ({ answerId }: AnsweredQuestion, text: string) =>
  (
    await rest.post<{ example: Json | null }>(`/api/v1/messages/${answerId}/corrections`, {
      ...{ body: { text }, token: service.agentToken, headers: { 'x-retune-actor': 'Ada' } },
    })
  ).body.example;
const examplesOf = async ({ answerId }: AnsweredQuestion) =>
  (await database.query<Json>('SELECT * FROM examples WHERE source_message_id = $1', [answerId])).rows;
const quarantine = async (query = '') => {
  const path = `/api/v1/assistants/demo/quarantine${query}`;
  const { status, body } = await rest.get<{ counts: Json; examples: Json[]; next: string | null }>(path, operator());
  expect(status).toBe(200);
  return body;
};
/** What the memory made of the correction, once it has seen it. */
async function remembered({ answerId }: AnsweredQuestion): Promise<Json[]> {
  const seen = 'SELECT id FROM corrections WHERE message_id = $1 AND remembered_at IS NOT NULL';
  for (let tries = 0; tries < 600; tries++) {
    const { rows } = await database.query<{ id: string }>(seen, [answerId]);
    const entries = 'SELECT question, answer FROM memory_entries WHERE correction_id = $1';
    if (rows[0]) return (await database.query<Json>(entries, [rows[0].id])).rows;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The memory has not seen the correction.');
}

/** An answered question of the customer with this id. */
const askedBy = async (customerId: string, question: string, answer: string) => {
  const made = await answered(database, question, answer);
  await database.query('UPDATE conversations SET customer_id = $2 WHERE id = $1', [made.conversationId, customerId]);
  return made;
};

describe('redaction', () => {
  it('takes personal data out of question, answer and correction, and leaves what is public', async () => {
    const asked = await answered(
      database,
      'My name is John Smith, card 4012888888881881, mail john@example.org. Fee?',
      'Dear John, write to john@example.org.',
    );
    const example = await correct(
      asked,
      'Hi John, the fee is 7 euros, call 0800 1234567 or write to help@acme.example.',
    );
    expect(example).toMatchObject({
      question: 'My name is [name], card [card], mail [email]. Fee?',
      completion: 'The fee is 7 euros, call 0800 1234567 or write to help@acme.example.',
      rejected: 'Write to [email].',
      status: 'accepted',
    });
    const { rows } = await database.query('SELECT 1 FROM examples WHERE examples::text ~* $1', ['john|4012888']);
    expect(rows).toEqual([]);
    expect(await remembered(asked)).toMatchObject([
      { question: 'My name is [name], card [card], mail [email]. Fee?', answer: example?.completion },
    ]);
  });

  it('holds back a correction that would teach a placeholder', async () => {
    const asked = await answered(database, 'How do I reach the branch?', 'Hm.');
    expect(await correct(asked, 'Call 030 1234567.')).toMatchObject({
      ...{ completion: 'Call [phone].', status: 'quarantined', quarantineReason: 'personal_data_in_answer' },
    });
    expect(await remembered(asked)).toEqual([]);
  });
});

describe('merging and weights', () => {
  it('merges near duplicates of different customers without raising the weight', async () => {
    const first = await answered(database, 'Is there a fee for cards?', 'No fee.');
    const second = await answered(database, 'is there a fee for cards', 'No fee!');
    await rate(first, 'up');
    await rate(second, 'up');
    expect(await examplesOf(first)).toMatchObject([{ weight: expect.closeTo(0.2), status: 'accepted' }]);
    expect(await examplesOf(second)).toEqual([]);
    // The first takes it back: it is the second's now.
    await rate(first, null);
    expect(await examplesOf(second)).toMatchObject([{ weight: expect.closeTo(0.2) }]);
  });

  it('counts agreement with agents, and gives less weight to who disagrees', async () => {
    for (const n of [1, 2]) {
      const asked = await askedBy('doubtful', `How do I close account ${n}?`, 'You can not.');
      await rate(asked, 'up');
      await correct(asked, `By post, way ${n}.`);
    }
    const { rows } = await database.query(`SELECT * FROM raters WHERE id = 'doubtful'`);
    expect(rows).toMatchObject([{ kind: 'customer', agreements: 0, disagreements: 2 }]);
    const third = await askedBy('doubtful', 'May I pay in coins?', 'Yes.');
    await rate(third, 'up');
    expect(await examplesOf(third)).toMatchObject([{ weight: expect.closeTo((0.2 * 3) / 6 / 0.75) }]);
  });
});

describe('a change of direction', () => {
  it('needs a second independent customer', async () => {
    const ask = (customer: string) => askedBy(customer, 'When do you open on Mondays?', 'At nine.');
    const [liked, disliked, again, second] = [await ask('a'), await ask('b'), await ask('b'), await ask('c')];
    await rate(liked, 'up');
    await rate(disliked, 'down');
    await rate(again, 'down');
    expect(await examplesOf(disliked)).toMatchObject([
      { status: 'quarantined', quarantine_reason: 'change_of_direction' },
    ]);
    await rate(second, 'down');
    expect(await examplesOf(disliked)).toMatchObject([{ status: 'accepted', quarantine_reason: null }]);
    expect(await examplesOf(liked)).toMatchObject([{ status: 'quarantined', quarantine_reason: 'outvoted' }]);
  });

  it('never goes against an agent, and an agent needs nobody', async () => {
    const ask = () => answered(database, 'What is the limit abroad?', 'None.');
    const [liked, corrected, late] = [await ask(), await ask(), await ask()];
    await rate(liked, 'up');
    await correct(corrected, 'It is 500 euros a day.');
    expect(await examplesOf(liked)).toMatchObject([{ quarantine_reason: 'contradicts_correction' }]);
    await rate(late, 'up');
    expect((await examplesOf(late)).filter(({ status }) => status === 'accepted')).toEqual([]);
  });
});

describe('the quarantine', () => {
  it('takes a burst, also what slipped through before', async () => {
    const asked = [];
    for (let n = 1; n <= 9; n++) asked.push(await askedBy('hasty', `Quick question ${n}?`, 'Yes.'));
    for (const one of asked) await rate(one, 'up');
    const held = await quarantine('?reason=burst&limit=5');
    expect(held.examples).toHaveLength(5);
    expect(held.examples[0]).toMatchObject({ raterId: 'hasty', detail: expect.stringContaining('9 ratings') });
    expect((await quarantine(`?reason=burst&before=${held.next}`)).examples).toHaveLength(4);
  });

  it('takes strings that look planted', async () => {
    for (const n of [1, 2, 3]) {
      await rate(await askedBy('planter', `Question number ${n} zxqvbn please?`, `Buy it ${n}.`), 'up');
    }
    expect((await quarantine('?reason=repeated_string')).examples).toHaveLength(3);
  });

  it('is decided by operators, with an audit, and for good', async () => {
    const [first, second] = (await quarantine('?reason=repeated_string')).examples;
    const decide = (id: unknown, what: string) =>
      rest.post(`/api/v1/examples/${String(id)}/${what}`, { ...operator(), body: { reason: 'looked at it' } });
    expect(await decide(first?.id, 'release')).toMatchObject({ status: 200, body: { actor: 'Olga' } });
    expect(await decide(first?.id, 'release')).toMatchObject({
      ...{ status: 409, body: { code: 'feedback.not_quarantined' } },
    });
    expect((await decide(second?.id, 'discard')).status).toBe(200);
    expect((await decide(second?.id, 'discard')).status).toBe(404);
    const { counts, examples } = await quarantine('?reason=repeated_string');
    expect(examples).toHaveLength(1);
    expect(counts.byReason).toContainEqual({ reason: 'repeated_string', total: 1 });
    const { body } = await rest.get<{ decisions: Json[] }>('/api/v1/assistants/demo/quarantine/decisions', operator());
    expect(body.decisions.slice(0, 2)).toMatchObject([
      { decision: 'discard', reason: 'looked at it', quarantineReason: 'repeated_string' },
      { decision: 'release', exampleId: first?.id },
    ]);
    const again = await askedBy('someone', String(second?.question), String(second?.completion));
    await rate(again, 'up');
    expect(await examplesOf(again)).toEqual([]);
  });

  it('is for operators only', async () => {
    const path = '/api/v1/assistants/demo/quarantine';
    expect((await rest.get(path)).status).toBe(401);
    expect((await rest.get(path, { token: service.agentToken })).status).toBe(403);
  });
});

/** A version made by a run that was given these examples, with a snapshot on disk and a report that quotes them. */
async function trained(
  version: number,
  parent: number,
  examples: Json[],
): Promise<{ runId: string; snapshot: string }> {
  const ids = examples.map(({ id }) => String(id));
  const report = { items: ids.map((id) => ({ id, question: 'quoted' })), probe: { prompt: examples[0]?.prompt } };
  const { rows } = await database.query<{ id: string }>(
    `INSERT INTO training_runs (assistant_id, status, trigger, gate_report)
    SELECT id, 'candidate', 'request', $1 FROM assistants WHERE slug = 'demo' RETURNING id`,
    [JSON.stringify(report)],
  );
  const runId = rows[0]?.id ?? '';
  await database.query(`INSERT INTO run_examples SELECT $1, id, 'train', 'new' FROM unnest($2::uuid[]) AS id`, [
    runId,
    ids,
  ]);
  await database.query(
    `INSERT INTO adapter_versions
      (assistant_id, version, status, parent_version, run_id, sha256, size_bytes, base_sha256, rank, alpha, probe, gate_report)
    SELECT id, $1, 'retired', $2, $3, 'a', 1, 'b', 8, 16, $4, $5 FROM assistants WHERE slug = 'demo'`,
    [version, parent, runId, JSON.stringify(report.probe), JSON.stringify(report)],
  );
  const snapshot = join(service.dataDir, 'runs', runId, 'snapshot.jsonl');
  mkdirSync(dirname(snapshot), { recursive: true });
  const lines = [{ retuneSnapshot: 1, runId, seed: 0 }, ...ids.map((id) => ({ id, completion: 'quoted' }))];
  writeFileSync(snapshot, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return { runId, snapshot };
}

describe('lineage and erasure', () => {
  it('lead from a version to each answer, and take a customer out of everything', async () => {
    const gone = await askedBy('forget-me', 'Secret question of mine?', 'Hm.');
    const kept = await answered(database, 'Question that stays?', 'Hm.');
    await rate(gone, 'down');
    await correct(gone, 'Secret answer.');
    await correct(kept, 'Answer that stays.');
    const [ofGone, ofKept] = [(await examplesOf(gone))[0] ?? {}, (await examplesOf(kept))[0] ?? {}];
    const parent = await trained(1, 0, [ofGone, ofKept]);
    await trained(2, 1, [ofKept]);
    const lineage = async (query = '') =>
      (await rest.get<Lineage>(`/api/v1/assistants/demo/adapter-versions/2/lineage${query}`, operator())).body;

    const before = await lineage('?limit=2');
    expect(before.versions.map(({ version, examples }) => [version, examples])).toEqual([
      [2, 1],
      [1, 2],
    ]);
    const rest2 = await lineage(`?limit=2&after=${before.next}`);
    const all = [...before.examples, ...rest2.examples];
    expect(all.map(({ version }) => version)).toEqual([2, 1, 1]);
    expect(all.find(({ id }) => id === ofGone.id)).toMatchObject({
      ...{ runId: parent.runId, raterKind: 'agent', raterId: 'Ada', question: 'Secret question of mine?' },
      sources: [
        {
          ...{ messageId: gone.answerId, conversationId: gone.conversationId, customerId: 'forget-me' },
          ratings: [{ raterKind: 'customer', value: 'down' }],
          correction: { agent: 'Ada' },
        },
      ],
    });
    const path = '/api/v1/assistants/demo/adapter-versions';
    expect((await rest.get(`${path}/9/lineage`, operator())).body).toMatchObject({ code: 'feedback.version_unknown' });

    const erased = await rest.delete('/api/v1/customers/forget-me', operator());
    expect(erased).toMatchObject({
      status: 200,
      body: { conversations: 1, messages: 2, ratings: 1, corrections: 1, examples: 1, versions: 2 },
    });
    expect(await rest.delete('/api/v1/customers/forget-me', operator())).toMatchObject({
      ...{ status: 200, body: { conversations: 0, examples: 0, versions: 0 } },
    });
    expect((await rest.delete('/api/v1/customers/never-was', operator())).body).toMatchObject({
      code: 'feedback.customer_unknown',
    });
    expect((await rest.delete('/api/v1/customers/x', { token: service.agentToken })).status).toBe(403);

    const { body } = await rest.get<{ versions: Json[] }>(path, operator());
    expect(body.versions.map(({ version, erasedExamples }) => [version, erasedExamples])).toEqual([
      [2, 1],
      [1, 1],
    ]);
    expect((await lineage()).examples.map(({ id }) => id)).toEqual([ofKept.id, ofKept.id]);
    const { rows } = await database.query<Json>('SELECT probe, gate_report FROM adapter_versions WHERE version = 1');
    expect(rows).toEqual([
      { probe: null, gate_report: { items: [{ id: ofKept.id, question: 'quoted' }], probe: null } },
    ]);
    await until(() => !readFileSync(parent.snapshot, 'utf8').includes(String(ofGone.id)));
    expect(JSON.parse(readFileSync(parent.snapshot, 'utf8').split('\n')[0] ?? '')).toMatchObject({ erased: 1 });
    for (const table of [
      'conversations',
      'messages',
      'ratings',
      'corrections',
      'examples',
      'raters',
      'customer_erasures',
    ]) {
      const left = await database.query(`SELECT 1 FROM ${table} t WHERE t::text ~ $1`, ['forget-me|Secret']);
      expect([table, left.rowCount]).toEqual([table, 0]);
    }
    expect(await rate(gone, 'up')).toMatchObject({ status: 404, body: { code: 'feedback.message_unknown' } });
  });

  it('end a live conversation with a clear error, and a new one begins', async () => {
    const chat = await openChat(service.url);
    const conversationId = chat.session.conversationId;
    expect((await rest.delete(`/api/v1/customers/${conversationId}`, operator())).body).toMatchObject({
      conversations: 1,
    });
    expect(await chat.send('Are you still there?')).toMatchObject({
      ...{ ok: false, error: { code: 'auth.unknown_conversation' } },
    });
    chat.close();
    const next = await openChat(service.url);
    expect(next.session.conversationId).not.toBe(conversationId);
    next.close();
  });
});
