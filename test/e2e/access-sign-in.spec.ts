// Signing in on the real service: the first administrator, the refresh cookie and its theft, guessing, roles that change, keys for machines.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { cookieOf, FIRST_PASSWORD as FIRST, OWN_PASSWORD as OWN, people, type SignedIn } from '../support/people.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { restClient, type Json } from '../support/rest.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

let postgres: TestPostgres;
let service: ServiceUnderTest;
let rest: ReturnType<typeof restClient>;
let database: pg.Client;
let signIn: ReturnType<typeof people>['signIn'];
let admin: ReturnType<typeof people>['admin'];
let person: ReturnType<typeof people>['person'];

beforeAll(async () => {
  postgres = await startPostgres();
  service = await startService({ DATABASE_URL: postgres.url, ADMIN_PASSWORD: FIRST, TRUST_PROXY: 'loopback' });
  rest = restClient(service.url);
  ({ signIn, admin, person } = people(service.url));
  database = new pg.Client(postgres.url);
  await database.connect();
}, 240_000);

afterAll(async () => {
  await database?.end();
  await service?.stop();
  await postgres?.remove();
});

const OURS = { 'x-retune-request': '1' };
const sent = (cookie: string) => ({ headers: { ...OURS, cookie: cookie.split(';')[0] ?? '' } });
const renew = (cookie: string) => rest.post<SignedIn & Json>('/api/v1/sessions/refresh', sent(cookie));
const problem = (status: number, code: string) => ({ status, body: expect.objectContaining({ code }) });

describe('the first administrator', () => {
  it('must choose a good password before anything else', async () => {
    const { status, body } = await signIn('admin@localhost', FIRST);
    expect([status, body.user]).toEqual([201, expect.objectContaining({ mustChangePassword: true })]);
    const token = body.accessToken;
    expect(await rest.get('/api/v1/users', { token })).toMatchObject(problem(403, 'access.password_change_required'));
    const change = (newPassword: string, currentPassword = FIRST) =>
      rest.patch('/api/v1/me', { token, body: { currentPassword, newPassword } });
    expect(await change('short')).toMatchObject(problem(400, 'access.weak_password'));
    expect(await change('admin@localhost')).toMatchObject(problem(400, 'access.weak_password'));
    expect(await change('aaaaaaaaaaaaaaaa')).toMatchObject(problem(400, 'access.weak_password'));
    expect(await change(FIRST)).toMatchObject(problem(400, 'access.weak_password'));
    expect(await change(OWN, 'wrong-wrong-wrong')).toMatchObject(problem(403, 'access.sign_in_refused'));
    expect(await change(OWN)).toMatchObject({ status: 200, body: { roles: [{ assistant: null, role: 'admin' }] } });
    expect(await rest.get('/api/v1/users', { token })).toMatchObject({ status: 200 });
    expect(await signIn('admin@localhost', FIRST)).toMatchObject(problem(401, 'access.sign_in_refused'));
  });

  it('can neither be deactivated nor lose the role while there is no other one', async () => {
    const token = await admin();
    const { body } = await rest.get<{ user: Json }>('/api/v1/me', { token });
    const change = (fields: Json) => rest.patch(`/api/v1/users/${String(body.user.id)}`, { token, body: fields });
    expect(await change({ active: false })).toMatchObject(problem(409, 'access.last_admin'));
    expect(await change({ roles: [{ assistant: 'demo', role: 'admin' }] })).toMatchObject(
      problem(409, 'access.last_admin'),
    );
  });
});

describe('a sign-in', () => {
  it('keeps its refresh token where scripts and other websites can’t use it', async () => {
    const cookie = cookieOf(await signIn('admin@localhost', OWN));
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).toMatch(/Path=\/api\/v1\/sessions/);
    const bare = { headers: { cookie: cookie.split(';')[0] ?? '' } };
    expect(await rest.post('/api/v1/sessions/refresh', bare)).toMatchObject(problem(403, 'access.cross_site'));
    const foreign = { headers: { ...sent(cookie).headers, 'sec-fetch-site': 'cross-site' } };
    expect(await rest.delete('/api/v1/sessions/current', foreign)).toMatchObject(problem(403, 'access.cross_site'));
    expect(await renew(cookie)).toMatchObject({ status: 200 });
  });

  it('can’t be begun by a form of another website', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams({ email: 'admin@localhost', password: OWN }).toString();
    expect(await rest.post('/api/v1/sessions', { headers: form, body })).toMatchObject(
      problem(403, 'access.cross_site'),
    );
    const foreign = { headers: { 'sec-fetch-site': 'cross-site' }, body: { email: 'admin@localhost', password: OWN } };
    expect(await rest.post('/api/v1/sessions', foreign)).toMatchObject(problem(403, 'access.cross_site'));
  });

  it('rotates; a token that was used before ends the family, also for the thief', async () => {
    const stolen = cookieOf(await signIn('admin@localhost', OWN));
    const next = await renew(stolen);
    // Two tabs at once, or an answer that was lost: the same next token.
    expect(cookieOf(await renew(stolen)).split(';')[0]).toBe(cookieOf(next).split(';')[0]);
    await database.query(`UPDATE user_sessions SET rotated_at = now() - interval '11 seconds'`);
    expect(await renew(stolen)).toMatchObject(problem(401, 'access.session_ended'));
    expect(await renew(cookieOf(next))).toMatchObject(problem(401, 'access.session_ended'));
    const { accessToken: token } = next.body;
    expect(await rest.get('/api/v1/me', { token })).toMatchObject(problem(401, 'access.session_ended'));
    const { rows } = await database.query(`SELECT actor FROM audit_entries WHERE action = 'session.reuse'`);
    expect(rows).toHaveLength(1);
  });

  it('ends with signing out, here or everywhere', async () => {
    const [one, two, three] = await Promise.all([1, 2, 3].map(() => signIn('admin@localhost', OWN)));
    expect((await rest.delete('/api/v1/sessions/current', sent(cookieOf(one!)))).status).toBe(204);
    expect(await renew(cookieOf(one!))).toMatchObject(problem(401, 'access.session_ended'));
    expect((await renew(cookieOf(two!))).status).toBe(200);
    expect((await rest.delete('/api/v1/sessions', { token: two!.body.accessToken })).status).toBe(204);
    for (const each of [two!, three!]) {
      expect(await renew(cookieOf(each))).toMatchObject(problem(401, 'access.session_ended'));
      expect((await rest.get('/api/v1/me', { token: each.body.accessToken })).status).toBe(401);
    }
  });

  it('is refused ever more slowly, and alike for an account and for nobody’s', async () => {
    await person('Vera', [{ assistant: 'demo', role: 'agent' }]);
    for (const email of ['vera@shop.example', 'nobody@shop.example']) {
      await database.query('DELETE FROM sign_in_attempts');
      const tries = await Promise.all(Array.from({ length: 20 }, () => signIn(email, 'a wrong password')));
      const codes = tries.map(({ body }) => body.code);
      expect(codes.filter((code) => code === 'access.sign_in_refused')).toHaveLength(5);
      expect(codes.filter((code) => code === 'access.locked_out')).toHaveLength(15);
    }
    await database.query('DELETE FROM sign_in_attempts');
    for (let i = 0; i < 5; i++) await signIn('vera@shop.example', 'a wrong password');
    const locked = await signIn('vera@shop.example', OWN);
    expect(locked).toMatchObject(problem(429, 'access.locked_out'));
    expect(locked.body.retryAfterMs).toBeLessThanOrEqual(1_000);
    await sleep(Number(locked.body.retryAfterMs) + 50);
    expect((await signIn('vera@shop.example', OWN)).status).toBe(201);
  }, 60_000);
});

describe('guessing', () => {
  const from = (address: string, email: string, password = 'a wrong password') =>
    rest.post<Json>('/api/v1/sessions', { headers: { 'x-forwarded-for': address }, body: { email, password } });

  it('waits five minutes at most, and never locks an account for ever', async () => {
    const { email } = await person('Max', [{ assistant: 'demo', role: 'agent' }]);
    await from('203.0.113.2', email);
    await database.query('UPDATE sign_in_attempts SET failures = 1000000');
    await from('203.0.113.3', email);
    const locked = await from('203.0.113.1', email, OWN);
    expect(locked).toMatchObject(problem(429, 'access.locked_out'));
    expect(locked.headers.get('retry-after')).toBe('300');
    expect(locked.body.detail).toBe('Signing in failed too often. Please try again in 5 minutes.');
    await database.query('UPDATE sign_in_attempts SET locked_until = now()');
    expect((await from('203.0.113.1', email, OWN)).status).toBe(201);
  });

  it('by strangers doesn’t keep somebody out where they signed in lately', async () => {
    await database.query('DELETE FROM sign_in_attempts');
    const email = 'max@shop.example';
    for (let i = 0; i < 7; i++) await from(`198.51.100.${i}`, email);
    expect(await from('198.51.100.99', email, OWN)).toMatchObject(problem(429, 'access.locked_out'));
    expect((await from('203.0.113.1', email, OWN)).status).toBe(201);
  });

  it('at many accounts from one address is slowed down there, and nowhere else', async () => {
    await database.query('DELETE FROM sign_in_attempts');
    const tries = await Promise.all(
      Array.from({ length: 60 }, (_, i) => from('2001:db8::1', `guess-${i}@shop.example`)),
    );
    const refused = tries.filter(({ body }) => body.code === 'access.locked_out');
    expect(refused.length).toBeGreaterThanOrEqual(10);
    // One customer has a whole /64 of addresses.
    expect((await from('2001:db8::2', 'admin@localhost', OWN)).status).toBe(429);
    expect((await from('2001:db8:1::1', 'admin@localhost', OWN)).status).toBe(201);
  });
});

describe('roles', () => {
  it('count from the next request on: changed, or the user deactivated', async () => {
    const { id, token, cookie } = await person('Anna', [{ assistant: 'demo', role: 'agent' }]);
    const by = await admin();
    const prompts = () => rest.get('/api/v1/assistants/demo/prompt-versions', { token });
    const change = (body: Json) => rest.patch(`/api/v1/users/${id}`, { token: by, body });
    expect(await prompts()).toMatchObject(problem(403, 'access.role_missing'));
    expect(
      (await change({ roles: [{ assistant: 'demo', role: 'operator' }], reason: 'Runs the demo now.' })).status,
    ).toBe(200);
    expect((await prompts()).status).toBe(200);
    expect((await change({ active: false, reason: 'Left.' })).status).toBe(200);
    expect(await prompts()).toMatchObject(problem(401, 'access.session_ended'));
    expect(await renew(cookie)).toMatchObject(problem(401, 'access.session_ended'));
    const { rows } = await database.query(
      `SELECT actor, reason, before, after FROM audit_entries WHERE action = 'user.change' AND target_id = $1 ORDER BY id`,
      [id],
    );
    expect(rows).toMatchObject([
      {
        actor: 'Administrator',
        reason: 'Runs the demo now.',
        before: { roles: [{ role: 'agent' }] },
        after: { roles: [{ role: 'operator' }] },
      },
      { reason: 'Left.', before: { active: true }, after: { active: false } },
    ]);
  });

  it('of one assistant show nothing of another', async () => {
    await database.query(`INSERT INTO assistants (slug, name, greeting) VALUES ('other', 'Other', 'Hi')`);
    const { token } = await person('Otto', [{ assistant: 'other', role: 'admin' }]);
    const { body } = await rest.get<{ assistants: Json[] }>('/api/v1/assistants', { token });
    expect(body.assistants.map(({ slug }) => slug)).toEqual(['other']);
    expect(await rest.get('/api/v1/assistants/demo', { token })).toMatchObject(problem(403, 'access.role_missing'));
    expect(await rest.get('/api/v1/users', { token })).toMatchObject(problem(403, 'access.role_missing'));
  });
});

describe('a key for a machine', () => {
  it('does what its scope says, and nothing once it is revoked or over', async () => {
    const token = await admin();
    const scope = { name: 'Reports', role: 'operator', assistants: ['demo'], readOnly: true };
    const made = await rest.post<{ key: string; apiKey: Json }>('/api/v1/api-keys', { token, body: scope });
    expect(made).toMatchObject({ status: 201, body: { apiKey: { ...scope, createdBy: 'Administrator' } } });
    const { key, apiKey } = made.body;
    const prompts = '/api/v1/assistants/demo/prompt-versions';
    expect((await rest.get(prompts, { token: key })).status).toBe(200);
    const write = await rest.post(prompts, { token: key, body: { instructions: 'x', fewShot: [] } });
    expect(write).toMatchObject(problem(403, 'access.read_only'));
    expect((await rest.get('/api/v1/users', { token: key })).status).toBe(403);
    const listed = await rest.get<{ apiKeys: Json[] }>('/api/v1/api-keys', { token });
    expect(JSON.stringify(listed.body)).not.toContain(key);
    expect((await rest.delete(`/api/v1/api-keys/${String(apiKey.id)}`, { token })).status).toBe(204);
    expect(await rest.get(prompts, { token: key })).toMatchObject(problem(401, 'access.token_unknown'));
  });
});

describe('the audit', () => {
  it('has every write of a person or machine with who, what, before, after and why, and is searched', async () => {
    const token = await admin();
    await rest.post('/api/v1/assistants/demo/prompt-versions', {
      token,
      body: { instructions: 'Be brief.', fewShot: [] },
    });
    const asOlga = { token: service.operatorToken, headers: { 'x-retune-actor': 'Olga' } };
    await rest.post('/api/v1/assistants/demo/gate-canaries', {
      ...asOlga,
      body: { question: 'A fee?', mustEqual: 'No.' },
    });
    const find = async (query: string, by = token) =>
      (await rest.get<{ entries: Json[]; next: string | null }>(`/api/v1/audit?${query}`, { token: by })).body;
    expect((await find('action=prompt_version')).entries).toMatchObject([
      {
        ...{ actor: { kind: 'user', name: 'Administrator' }, action: 'prompt_version.create', assistant: 'demo' },
        ...{ target: { kind: 'prompt_version', id: '2' }, before: { activePromptVersion: 1 } },
        after: { activePromptVersion: 2 },
      },
    ]);
    expect((await find('q=olga%20FEE&assistant=demo')).entries).toMatchObject([
      { actor: { kind: 'token', name: 'Olga' }, action: 'gate_canary.create', after: { question: 'A fee?' } },
    ]);
    expect((await find('q=100%25')).entries).toEqual([]);
    const first = await find('action=session.begin&limit=1');
    const second = await find(`action=session.begin&limit=1&before=${first.next}`);
    expect(second.entries[0]?.id).not.toBe(first.entries[0]?.id);
    expect((await find(`from=${new Date(Date.now() + 60_000).toISOString()}`)).entries).toEqual([]);
    const { token: ofOther } = await person('Oda', [{ assistant: 'other', role: 'operator' }]);
    expect((await find('limit=10', ofOther)).entries).toEqual([]);
    expect((await rest.get('/api/v1/audit?assistant=demo', { token: ofOther })).status).toBe(403);
  });

  it('can’t be changed or deleted', async () => {
    for (const attack of [
      "UPDATE audit_entries SET actor = 'x'",
      'DELETE FROM audit_entries',
      'TRUNCATE audit_entries',
    ]) {
      await expect(database.query(attack)).rejects.toThrow('append-only');
    }
  });
});
