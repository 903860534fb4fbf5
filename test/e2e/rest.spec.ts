// The REST contract on the real service: access, problem details, OpenAPI, and what happens while Postgres is away.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { answered, type AnsweredQuestion } from '../support/answered.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { restClient, type Json } from '../support/rest.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

const RECOVERY_MS_MAX = 20_000;
let postgres: TestPostgres;
let service: ServiceUnderTest;
let rest: ReturnType<typeof restClient>;
let answer: AnsweredQuestion;

beforeAll(async () => {
  postgres = await startPostgres();
  service = await startService({ DATABASE_URL: postgres.url, LOG_FORMAT: 'json' });
  rest = restClient(service.url);
  const client = new pg.Client(postgres.url);
  await client.connect();
  answer = await answered(client, 'Where is my card?', 'I do not know.');
  await client.end();
}, 240_000);

afterAll(async () => {
  await service?.stop();
  await postgres?.remove();
});

const problem = (status: number, code: string) => ({ status, body: expect.objectContaining({ status, code }) });

describe('operations', () => {
  it('tells that it runs, that it is ready, and its numbers', async () => {
    expect(await rest.get('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await rest.get('/readyz')).toMatchObject({
      status: 200,
      body: { status: 'ready', database: { available: true }, engine: { name: 'llama.cpp' } },
    });
    const { headers, body } = await rest.get<{ text: string }>('/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(body.text).toContain('retune_database_up 1');
    expect(body.text).toContain('retune_champion_version{assistant="demo"} 0');
  });

  it('sends safe headers, lets other sites load the widget, and says the id of each request', async () => {
    const { headers } = await rest.get('/widget.js', { headers: { 'x-request-id': 'from-a-proxy-1' } });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(headers.get('x-request-id')).toBe('from-a-proxy-1');
    expect(
      (await rest.get('/healthz', { headers: { 'x-request-id': 'no spaces' } })).headers.get('x-request-id'),
    ).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("the gate's canaries", () => {
  const path = '/api/v1/assistants/demo/gate-canaries';
  const NONE = { mustContain: null, mustNotContain: null, mustEqual: null };
  const operator = () => ({ token: service.operatorToken, headers: { 'x-retune-actor': 'Olga' } });

  it('are written, changed and deleted by operators, and every change is on record', async () => {
    const fields = { question: 'Is there a fee?', mustContain: 'no fee', note: 'The law says so.' };
    const made = await rest.post(path, { ...operator(), body: fields });
    expect(made).toMatchObject({ status: 201, body: { ...NONE, ...fields } });
    const id = String(made.body.id);
    const changed = { ...NONE, question: 'Is there a fee?', mustNotContain: 'euro', note: '' };
    expect(await rest.put(`${path}/${id}`, { ...operator(), body: changed })).toMatchObject({
      status: 200,
      body: changed,
    });
    expect((await rest.get(path, operator())).body).toMatchObject({ canaries: [{ id, ...changed }] });
    expect((await rest.delete(`${path}/${id}`, operator())).status).toBe(204);
    expect((await rest.get(path, operator())).body).toEqual({ canaries: [] });
    const { body } = await rest.get<{ changes: Json[] }>(`${path}/changes`, operator());
    expect(body.changes).toMatchObject([
      { canaryId: id, action: 'delete', actor: 'Olga', before: changed, after: null },
      { canaryId: id, action: 'change', before: fields, after: changed },
      { canaryId: id, action: 'create', before: null, after: fields },
    ]);
  });

  it('are refused without a demand, for agents, and where there is none', async () => {
    const body = { question: 'Is there a fee?' };
    expect((await rest.post(path, { ...operator(), body })).status).toBe(400);
    expect((await rest.post(path, { token: service.agentToken, body: { ...body, mustEqual: 'No.' } })).status).toBe(
      403,
    );
    const unknown = `${path}/${randomUUID()}`;
    expect(await rest.delete(unknown, operator())).toMatchObject(problem(404, 'learning.canary_not_found'));
    const put = { ...operator(), body: { ...body, mustEqual: 'No.' } };
    expect(await rest.put(unknown, put)).toMatchObject(problem(404, 'learning.canary_not_found'));
  });
});

/** Routes that anybody may ask: every other one names its tokens. */
const PUBLIC = [
  'get /api/v1/demo/learning',
  'get /api/v1/widget/{key}',
  'get /api/v1/sign-in',
  'get /api/v1/sessions/oidc',
  'get /api/v1/sessions/oidc/callback',
  'post /api/v1/sessions',
  'post /api/v1/sessions/refresh',
  'delete /api/v1/sessions/current',
];

describe('OpenAPI', () => {
  it('describes every route with schemas, access and failures', async () => {
    const { body } = await rest.get<{ openapi: string; paths: Record<string, Record<string, Json>>; components: Json }>(
      '/api/v1/openapi.json',
    );
    expect(body.openapi).toMatch(/^3\.0/);
    expect(body.paths).toHaveProperty(['/api/v1/messages/{id}/corrections', 'post', 'requestBody']);
    const operations = Object.entries(body.paths).filter(([path]) => path.startsWith('/api/v1/'));
    const ids = new Set<unknown>();
    for (const [path, methods] of operations) {
      for (const [method, operation] of Object.entries(methods)) {
        const name = `${method} ${path}`;
        expect([name, operation]).toEqual([name, expect.objectContaining({ summary: expect.stringMatching(/./) })]);
        const isPublic = PUBLIC.includes(name);
        const security = isPublic ? undefined : expect.arrayContaining([expect.any(Object)]);
        expect([name, operation.security]).toEqual([name, security]);
        const failures = isPublic ? ['503'] : ['400', '401', '503'];
        expect([name, Object.keys(operation.responses as Json)]).toEqual([name, expect.arrayContaining(failures)]);
        ids.add(operation.operationId);
      }
    }
    expect(ids.size).toBe(operations.flatMap(([, methods]) => Object.keys(methods)).length);
  });

  it('has no reference that leads nowhere', async () => {
    const { body } = await rest.get('/api/v1/openapi.json');
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, path]) => path?.split('/') ?? [],
    );
    expect(references.length).toBeGreaterThan(0);
    for (const path of references) expect(body).toHaveProperty(path);
  });

  it('can be read in a browser', async () => {
    const { status, body } = await rest.get('/api/docs');
    expect(status).toBe(200);
    expect(body.text).toContain('Retune API');
  });
});

describe('access', () => {
  const corrections = () => `/api/v1/messages/${answer.answerId}/corrections`;

  it('asks for a token, refuses an unknown one, and keeps agents out of what is the operator’s', async () => {
    const body = { text: 'It comes in five days.' };
    const missing = await rest.post(corrections(), { body });
    expect(missing).toMatchObject(problem(401, 'access.token_missing'));
    expect(missing.headers.get('www-authenticate')).toBe('Bearer');
    expect(await rest.post(corrections(), { body, token: 'guessed-guessed-guessed' })).toMatchObject(
      problem(401, 'access.token_unknown'),
    );
    const prompts = '/api/v1/assistants/demo/prompt-versions';
    expect(await rest.get(prompts, { token: service.agentToken })).toMatchObject(problem(403, 'access.role_missing'));
    expect(await rest.get(prompts, { token: service.operatorToken })).toMatchObject({ status: 200 });
    expect(await rest.get('/api/v1/assistants', { token: service.operatorToken })).toMatchObject({ status: 200 });
  });
});

describe('problem details', () => {
  const prompts = '/api/v1/assistants/demo/prompt-versions';
  const asOperator = (body: unknown) => ({ body, token: service.operatorToken });

  it('have the media type and parts of RFC 9457, and the id that is in the log', async () => {
    const { status, headers, body } = await rest.get('/api/v1/nothing-here');
    expect(status).toBe(404);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toEqual({
      ...{ type: 'about:blank', title: 'Not Found', status: 404, code: 'request.route_unknown' },
      ...{ detail: expect.any(String), instance: '/api/v1/nothing-here' },
      correlationId: headers.get('x-request-id'),
    });
  });

  it('name every refused part of a body', async () => {
    const bad = await rest.post(prompts, asOperator({ instructions: 3, fewShot: [{ question: '' }] }));
    expect(bad).toMatchObject(problem(400, 'request.invalid'));
    const paths = (bad.body.issues as { path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['instructions', 'fewShot.0.question', 'fewShot.0.answer']));
    expect(await rest.post(`/api/v1/messages/17/corrections`, asOperator({ text: 'x' }))).toMatchObject(
      problem(400, 'request.invalid'),
    );
  });

  it('answer what is no JSON, what is too large, and what is missing', async () => {
    expect(await rest.post(prompts, asOperator('{"instructions'))).toMatchObject(problem(400, 'request.malformed'));
    expect(await rest.post(prompts, asOperator({ instructions: 'x'.repeat(600_000) }))).toMatchObject(
      problem(413, 'request.too_large'),
    );
    expect(await rest.post(prompts, { token: service.operatorToken })).toMatchObject(problem(400, 'request.invalid'));
  });

  it('say which thing is unknown', async () => {
    const unknown = { token: service.agentToken, body: { text: 'x' } };
    expect(await rest.post(`/api/v1/messages/${randomUUID()}/corrections`, unknown)).toMatchObject(
      problem(404, 'feedback.message_unknown'),
    );
    expect(await rest.get('/api/v1/assistants/nobody', { token: service.agentToken })).toMatchObject(
      problem(404, 'assistants.unknown'),
    );
  });
});

describe('prompt versions', () => {
  it('are added, activated and listed newest first', async () => {
    const prompts = '/api/v1/assistants/demo/prompt-versions';
    const content = { instructions: 'Answer in one sentence.', fewShot: [{ question: 'Hours?', answer: '9 to 5.' }] };
    const token = service.operatorToken;
    expect(await rest.post(prompts, { token, body: content })).toMatchObject({
      status: 201,
      body: { version: 2, active: true, ...content },
    });
    const added = await Promise.all([3, 4].map(() => rest.post(prompts, { token, body: content })));
    expect(added.map(({ body }) => body.version).sort()).toEqual([3, 4]);
    const { body } = await rest.get<{ promptVersions: { version: number; active: boolean }[] }>(prompts, { token });
    expect(body.promptVersions.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
    expect(body.promptVersions.map(({ active }) => active)).toEqual([true, false, false, false]);
  });
});

describe('while Postgres is away', () => {
  it('answers 503, stays alive, recovers by itself, and has lost nothing it acknowledged', async () => {
    const { answerId } = answer;
    const token = service.agentToken;
    const correct = (text: string) => rest.post(`/api/v1/messages/${answerId}/corrections`, { token, body: { text } });
    expect(await correct('It comes in five days.')).toMatchObject({ status: 201 });

    await postgres.pause();
    const refused = await Promise.all([
      correct('Lost?'),
      correct('Lost too?'),
      rest.get('/api/v1/assistants', { token }),
    ]);
    for (const answered of refused) {
      expect(answered).toMatchObject(problem(503, 'database.unavailable'));
      expect(Number(answered.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(await rest.get('/healthz')).toMatchObject({ status: 200 });
    expect(await rest.get('/readyz')).toMatchObject({ status: 503, body: { database: { available: false } } });
    expect((await rest.get<{ text: string }>('/metrics')).body.text).toContain('retune_database_up 0');

    await postgres.resume();
    const deadline = Date.now() + RECOVERY_MS_MAX;
    while ((await rest.get('/readyz')).status !== 200 && Date.now() < deadline) await sleep(200);
    const { body } = await rest.get<{ examples: Json[] }>('/api/v1/assistants/demo/examples', {
      token: service.operatorToken,
    });
    expect(body.examples).toMatchObject([{ kind: 'preference', completion: 'It comes in five days.' }]);
    expect(await correct('It comes in six days.')).toMatchObject({ status: 201 });
  }, 90_000);

  it('keeps exactly what it acknowledged when Postgres stops under load', async () => {
    const token = service.agentToken;
    const acknowledged: string[] = [];
    const refusals = new Set<number>();
    let pausing: Promise<void> | undefined;
    // Eight clients go on until they are refused; the database stops while they are at it.
    const client = async (name: number) => {
      for (let i = 0; i < 500 && refusals.size < 8; i++) {
        const text = `Under load ${name}.${i}`;
        const { status } = await rest.post(`/api/v1/messages/${answer.answerId}/corrections`, {
          token,
          body: { text },
        });
        if (status !== 201) {
          expect(status).toBe(503);
          refusals.add(name);
          return;
        }
        acknowledged.push(text);
        if (acknowledged.length >= 12) pausing ??= postgres.pause();
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, name) => client(name)));
    await pausing;
    await postgres.resume();
    expect([refusals.size, acknowledged.length >= 12]).toEqual([8, true]);
    const database = new pg.Client(postgres.url);
    await database.connect();
    const { rows } = await database.query<{ text: string }>(
      "SELECT text FROM corrections WHERE text LIKE 'Under load%'",
    );
    await database.end();
    const kept = new Set(rows.map(({ text }) => text));
    expect(acknowledged.filter((text) => !kept.has(text))).toEqual([]);
  }, 90_000);
});
