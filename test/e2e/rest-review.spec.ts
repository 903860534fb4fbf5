// The answer panel and the review queue over REST: on the real service, a real Postgres and the real embedder.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAssets } from '../../src/setup/assets.js';
import { answered, type AnsweredQuestion } from '../support/answered.js';
import { restClient, type Json } from '../support/rest.js';
import { startService, type ServiceUnderTest } from '../support/service.js';
import { registerVersion } from '../support/versions.js';

let service: ServiceUnderTest;
let rest: ReturnType<typeof restClient>;
let database: pg.Client;

beforeAll(async () => {
  service = await startService({ LEARN_MIN_EXAMPLES: '1000000', MEMORY: 'true' });
  rest = restClient(service.url);
  database = new pg.Client(service.databaseUrl);
  await database.connect();
}, 240_000);

afterAll(async () => {
  await database?.end();
  await service?.stop();
});

/** Requests as one agent. */
function as(name: string) {
  const options = (body?: Json) => ({ token: service.agentToken, headers: { 'x-retune-actor': name }, body });
  return {
    get: <T = Json>(path: string) => rest.get<T>(`/api/v1${path}`, options()),
    post: <T = Json>(path: string, body?: Json) => rest.post<T>(`/api/v1${path}`, options(body)),
    put: <T = Json>(path: string, body: Json) => rest.put<T>(`/api/v1${path}`, options(body)),
    delete: (path: string) => rest.delete(`/api/v1${path}`, options()),
  };
}
const ada = as('Ada');
const bob = as('Bob');

const rate = ({ answerId, conversationToken }: AnsweredQuestion, value: 'up' | 'down' | null) =>
  rest.post(`/api/v1/messages/${answerId}/ratings`, {
    ...{ body: { value }, headers: { 'x-conversation-token': conversationToken } },
  });

interface Page {
  counts: Record<string, number>;
  reviews: { id: string; state: string; causes: string[]; score: number; lease: { holder: string } | null }[];
  next: string | null;
}
const open = async (query = '') => (await ada.get<Page>(`/reviews?assistant=demo${query}`)).body;
const openIds = async () => (await open()).reviews.map(({ id }) => id);
const count = async (sql: string, id: string) => (await database.query(sql, [id])).rowCount ?? 0;
const examplesOf = (id: string) => count('SELECT 1 FROM examples WHERE source_message_id = $1', id);
const remembered = (id: string) =>
  count('SELECT 1 FROM memory_entries e JOIN corrections k ON k.id = e.correction_id WHERE k.message_id = $1', id);

/** Until the memory has taken in what it was told of. */
async function settled(): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const waiting = await database.query('SELECT 1 FROM corrections WHERE remembered_at IS NULL');
    if (waiting.rowCount === 0) return;
    await sleep(50);
  }
  throw new Error('The memory did not take the corrections.');
}

/** An answer that its customer rated down. */
async function ratedDown(question: string, answer = 'I do not know that.'): Promise<AnsweredQuestion> {
  const made = await answered(database, question, answer);
  await rate(made, 'down');
  return made;
}

describe('the answer panel', () => {
  it('shows everything that was said about an answer, newest first, and what is learnt of it', async () => {
    const made = await answered(database, 'What is the fee?', 'It is free.');
    await rate(made, 'down');
    await ada.post(`/messages/${made.answerId}/corrections`, { text: 'It costs 7 euros.', slice: 'fees' });
    await bob.post(`/messages/${made.answerId}/corrections`, { text: 'It costs 8 euros.', useForTraining: false });
    const { status, body } = await ada.get(`/messages/${made.answerId}/feedback`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{
        conversationId: made.conversationId,
        assistant: 'demo',
        question: 'What is the fee?',
        answer: 'It is free.',
      },
      ratings: [{ raterKind: 'customer', agent: null, value: 'down' }],
      corrections: [
        { agent: 'Bob', text: 'It costs 8 euros.', useForTraining: false, counts: true, run: null },
        { agent: 'Ada', text: 'It costs 7 euros.', useForTraining: true, counts: false },
      ],
      example: null,
    });
  });

  it('warns of personal data, but not of what the company itself says in its instructions', async () => {
    const { answerId } = await answered(database, 'Whom do I write to?', 'To us.');
    const text = 'Hello Maria Huber, write to maria.huber@mail.example or call +43 660 1234567.';
    const { body } = await ada.post<{ findings: { kind: string; text: string; start: number; end: number }[] }>(
      `/messages/${answerId}/personal-data`,
      { text },
    );
    expect(body.findings.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['email', 'phone']));
    for (const { start, end, text: found } of body.findings) expect(text.slice(start, end)).toBe(found);
    expect(body).toMatchObject({ heldBack: true, learnt: expect.not.stringContaining('maria.huber') });
    const clean = await ada.post(`/messages/${answerId}/personal-data`, { text: 'Write to us in the app.' });
    expect(clean.body).toEqual({ findings: [], learnt: 'Write to us in the app.', heldBack: false });
  });

  it('takes a correction back: the one before it is learnt and remembered again', async () => {
    const { answerId } = await answered(database, 'When does the branch in Graz open?', 'At noon.');
    await ada.post(`/messages/${answerId}/corrections`, { text: 'At 8.' });
    await settled();
    const second = await ada.post(`/messages/${answerId}/corrections`, { text: 'At 9.' });
    await settled();
    expect((await bob.delete(`/corrections/${String(second.body.id)}`)).status).toBe(204);
    await settled();
    const { rows } = await database.query<{ answer: string }>(
      'SELECT answer FROM memory_entries e JOIN corrections k ON k.id = e.correction_id WHERE k.message_id = $1',
      [answerId],
    );
    expect(rows).toEqual([{ answer: 'At 8.' }]);
    const { body } = await ada.get(`/messages/${answerId}/feedback`);
    expect(body).toMatchObject({ corrections: [{ text: 'At 8.', counts: true }], example: { completion: 'At 8.' } });
    expect((await bob.delete(`/corrections/${String(second.body.id)}`)).status).toBe(404);
  });

  it('keeps a correction that a run has learnt from', async () => {
    const { answerId } = await answered(database, 'Is there a fee in Rome?', 'Yes.');
    const { body } = await ada.post(`/messages/${answerId}/corrections`, { text: 'No.' });
    const made = await database.query<{ id: string }>(
      `INSERT INTO training_runs (assistant_id, status, trigger, mode, correction_id)
      SELECT id, 'candidate', 'request', 'micro', $1 FROM assistants WHERE slug = 'demo' RETURNING id`,
      [body.id],
    );
    const refused = await ada.delete(`/corrections/${String(body.id)}`);
    expect([refused.status, refused.body.code]).toEqual([409, 'feedback.already_learnt']);
    const panel = await ada.get(`/messages/${answerId}/feedback`);
    expect(panel.body).toMatchObject({ corrections: [{ run: { id: made.rows[0]?.id, status: 'candidate' } }] });
  });
});

describe('the review queue', () => {
  it('holds doubtful answers, the gravest first, until there is no cause any more', async () => {
    const unknown = await answered(database, 'Unknown?', 'I can’t answer that.');
    await database.query(`UPDATE messages SET finish_reason = 'unknown', status = 'complete' WHERE id = $1`, [
      unknown.answerId,
    ]);
    const cut = await answered(database, 'Cut?', 'It is, it is, it is');
    await database.query(`UPDATE messages SET finish_reason = 'length', status = 'complete' WHERE id = $1`, [
      cut.answerId,
    ]);
    const asked = await ratedDown('A person, please?');
    await database.query(`UPDATE conversations SET handover = 'waiting' WHERE id = $1`, [asked.conversationId]);
    const down = await ratedDown('Down?');
    const fine = await answered(database, 'Fine?', 'Yes.');
    await rate(fine, 'up');
    const mine = [asked, down, unknown, cut].map(({ answerId }) => answerId);
    const { reviews } = await open();
    expect(reviews.filter(({ id }) => mine.includes(id)).map(({ id, causes }) => [id, [...causes].sort()])).toEqual([
      [asked.answerId, ['asked_for_person', 'rated_down']],
      [down.answerId, ['rated_down']],
      [unknown.answerId, ['unknown']],
      [cut.answerId, ['cut_off']],
    ]);
    expect(reviews.map(({ id }) => id)).not.toContain(fine.answerId);
    await rate(down, null);
    await rate(asked, 'up');
    const later = (await open()).reviews;
    expect(later.map(({ id }) => id)).not.toContain(down.answerId);
    expect(later.find(({ id }) => id === asked.answerId)?.causes).toEqual(['asked_for_person']);
  });

  it('comes in pages without gaps or repeats', async () => {
    for (let i = 0; i < 5; i++) await ratedDown(`Page ${i}?`);
    const whole = await openIds();
    const paged: string[] = [];
    let next: string | null = null;
    do {
      const page: Page = await open(`&limit=2${next ? `&before=${next}` : ''}`);
      paged.push(...page.reviews.map(({ id }) => id));
      next = page.next;
    } while (next);
    expect(paged).toEqual(whole);
  });

  it('lets one agent at a time work on an item, until the lease runs out', async () => {
    const { answerId: id } = await ratedDown('Whose?');
    expect((await ada.post(`/reviews/${id}/lease`)).body).toMatchObject({ lease: { holder: 'Ada' } });
    const refused = await bob.post(`/reviews/${id}/lease`);
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
      ...[409, 'feedback.review_taken', 'Ada is working on this item.'],
    ]);
    expect((await bob.post(`/reviews/${id}/submit`, { value: 'down' })).body.code).toBe('feedback.review_taken');
    expect((await bob.delete(`/reviews/${id}/lease`)).status).toBe(204);
    expect((await ada.get(`/reviews/${id}`)).body).toMatchObject({ lease: { holder: 'Ada' } });
    await database.query(`UPDATE review_items SET lease_until = now() - interval '1 second' WHERE message_id = $1`, [
      id,
    ]);
    expect((await ada.post(`/reviews/${id}/submit`, { value: 'down' })).body.code).toBe('feedback.review_not_held');
    expect((await bob.post(`/reviews/${id}/lease`)).status).toBe(200);
    await bob.delete(`/reviews/${id}/lease`);
    expect((await ada.post(`/reviews/${id}/lease`)).status).toBe(200);
  });

  it('gives each of many agents at once either the item or a refusal', async () => {
    const { answerId: id } = await ratedDown('At once?');
    const agents = Array.from({ length: 8 }, (_, i) => as(`Agent ${i}`));
    const statuses = await Promise.all(agents.map(async (agent) => (await agent.post(`/reviews/${id}/lease`)).status));
    expect(statuses.sort()).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
  });

  it('keeps a draft, submits it as thumb and correction in one, and takes all of it back', async () => {
    const { answerId: id } = await ratedDown('How much is a card in Linz?', 'It is free.');
    await ada.post(`/reviews/${id}/lease`);
    const draft = { value: 'down', reasons: ['wrong'], text: 'It costs 5 euros.', slice: 'card fee' };
    const kept = await ada.put(`/reviews/${id}/draft`, draft);
    expect(kept.body).toMatchObject({ state: 'draft', draft: { ...draft, useForTraining: true, note: null } });
    const { status, body } = await ada.post(`/reviews/${id}/submit`, draft);
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'submitted', decidedBy: 'Ada', lease: null, correctionId: expect.any(String) });
    await settled();
    expect([await examplesOf(id), await remembered(id), (await openIds()).includes(id)]).toEqual([1, 1, false]);
    const panel = await ada.get<{ ratings: Json[] }>(`/messages/${id}/feedback`);
    expect(panel.body.ratings).toContainEqual(
      expect.objectContaining({ agent: 'Ada', value: 'down', reasons: ['wrong'] }),
    );
    expect((await bob.post(`/reviews/${id}/lease`)).body.code).toBe('feedback.review_decided');
    const undone = await ada.post(`/reviews/${id}/undo`);
    expect(undone.body).toMatchObject({ state: 'draft', draft, lease: { holder: 'Ada' }, correctionId: null });
    // The customer's thumb teaches again what it taught before.
    const { rows } = await database.query<Json>('SELECT kind FROM examples WHERE source_message_id = $1', [id]);
    expect([rows, await remembered(id)]).toEqual([[{ kind: 'binary' }], 0]);
    expect((await ada.post(`/reviews/${id}/undo`)).body.code).toBe('feedback.review_open');
  });

  it('needs something to be said, and corrects nothing where the text is the one that was shown', async () => {
    const { answerId: id } = await ratedDown('Said?', 'Yes.');
    await ada.post(`/reviews/${id}/lease`);
    const nothing = await ada.post(`/reviews/${id}/submit`, { text: 'Yes.' });
    expect([nothing.status, nothing.body.code]).toEqual([400, 'feedback.nothing_said']);
    expect((await ada.post(`/reviews/${id}/submit`, { text: ' Yes. ', value: 'up' })).body).toMatchObject({
      ...{ state: 'submitted', correctionId: null },
    });
  });

  it('puts aside what needs nothing; and what is corrected elsewhere is done', async () => {
    const { answerId: aside } = await ratedDown('Aside?');
    await ada.post(`/reviews/${aside}/lease`);
    expect((await ada.post(`/reviews/${aside}/discard`, { reason: 'A test.' })).body).toMatchObject({
      state: 'discarded',
    });
    const { answerId: elsewhere } = await ratedDown('Elsewhere?');
    await ada.post(`/reviews/${elsewhere}/lease`);
    const { body } = await bob.post(`/messages/${elsewhere}/corrections`, { text: 'Here.' });
    expect((await ada.get(`/reviews/${elsewhere}`)).body).toMatchObject({ state: 'submitted', decidedBy: 'Bob' });
    expect((await ada.post(`/reviews/${elsewhere}/submit`, { value: 'up' })).body.code).toBe('feedback.review_decided');
    await bob.delete(`/corrections/${String(body.id)}`);
    expect((await ada.get(`/reviews/${elsewhere}`)).body).toMatchObject({ state: 'pending', decidedBy: null });
    const { counts, reviews } = (await ada.get<Page>('/reviews?state=discarded')).body;
    expect(reviews.map(({ id }) => id)).toEqual([aside]);
    expect(counts).toMatchObject({ discarded: 1 });
  });
});

describe('the comparison of two versions', () => {
  interface Blind {
    id: string;
    messageId: string;
    a: string;
    b: string;
    code: string;
  }
  const next = (agent: typeof ada, body: Json = {}) => agent.post<Blind>('/assistants/demo/comparisons', body);
  const vote = (id: string, body: Json) =>
    ada.post<{ a: { version: number; text: string } }>(`/comparisons/${id}/vote`, body);
  const examples = async (id: string) =>
    (
      await database.query<Json>(
        'SELECT kind, completion, rejected, rater_id FROM examples WHERE source_message_id = $1',
        [id],
      )
    ).rows;

  it('has nothing to compare while there is only the base model', async () => {
    const { status, body } = await next(ada);
    expect([status, body.code]).toEqual([409, 'adapters.nothing_to_compare']);
  });

  it('tells nobody which version is which before the vote, and makes a preference example of it', async () => {
    const { modelPath = '', modelSha256 = '' } = readAssets() ?? {};
    await registerVersion(database, { dataDir: service.dataDir, modelPath, modelSha256 }, 1);
    const { answerId } = await answered(database, 'Do you have a branch in Bregenz?', 'Yes.');
    const { status, body } = await next(ada);
    expect(status).toBe(201);
    expect(Object.keys(body).sort()).toEqual(['a', 'b', 'id', 'messageId', 'question']);
    expect([body.messageId, body.a === body.b]).toEqual([answerId, false]);
    // It waits for the vote; another agent is given a question of their own.
    expect((await next(ada)).body.id).toBe(body.id);
    expect((await next(bob)).body.messageId).not.toBe(answerId);
    const voted = await vote(body.id, { vote: 'b' });
    expect(voted.body).toMatchObject({ vote: 'b', votedBy: 'Ada', a: { text: body.a }, b: { text: body.b } });
    expect(await examples(answerId)).toEqual([
      { kind: 'preference', completion: body.b, rejected: body.a, rater_id: 'Ada' },
    ]);
    const won = voted.body.a.version === 0 ? [0, 1] : [1, 0];
    const list = await ada.get('/assistants/demo/comparisons');
    expect(list.body).toMatchObject({
      ...{ pairs: [{ versions: [0, 1], wins: won, both: 0, neither: 0 }], comparisons: [{ id: body.id, vote: 'b' }] },
    });
    await vote(body.id, { vote: 'a', useForTraining: false });
    expect(await examples(answerId)).toEqual([]);
    await vote(body.id, { vote: 'a' });
    expect(await examples(answerId)).toMatchObject([{ completion: body.a, rejected: body.b }]);
    // A correction speaks louder.
    await ada.post(`/messages/${answerId}/corrections`, { text: 'No, but there is one in Dornbirn.' });
    expect(await examples(answerId)).toMatchObject([
      { completion: 'No, but there is one in Dornbirn.', rejected: 'Yes.' },
    ]);
    await vote(body.id, { vote: null });
    expect((await ada.get('/assistants/demo/comparisons')).body).toMatchObject({ comparisons: [] });
  }, 60_000);

  it('knows no version that is not there', async () => {
    expect((await next(ada, { versions: [0, 7] })).status).toBe(404);
    expect((await next(ada, { versions: [1, 1] })).status).toBe(400);
  });
});
