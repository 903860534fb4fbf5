// Who may do what, walked: every route that the service really has and every event of its sockets, called as everybody, compared with the
// table in docs/access.md. A route or event that is missing there fails this test. `ACCESS_TABLE=1` writes the table as it is, to be reviewed.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import pg from 'pg';
import { io } from 'socket.io-client';
import { clientEventTable } from '../../src/conversations/client-events.js';
import { consoleEventTable } from '../../src/conversations/console/console-events.js';
import { ANY_ID, BODIES, CONVERSATION_TOKEN, newUser, putBack, THINGS } from '../support/access-fixtures.js';
import { FIRST_PASSWORD, people } from '../support/people.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { restClient, type Json, type RestAnswer } from '../support/rest.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

const TABLE = 'docs/access.md';
const ROLES = ['none', 'customer', 'agentElsewhere', 'agent', 'operator', 'admin'] as const;
type Caller = (typeof ROLES)[number];

let postgres: TestPostgres;
let service: ServiceUnderTest;
let database: pg.Client;
let tokens: Record<Exclude<Caller, 'none' | 'customer'>, string>;

beforeAll(async () => {
  postgres = await startPostgres();
  // Without a worker, for nothing that is called here should be carried out.
  service = await startService({ DATABASE_URL: postgres.url, ADMIN_PASSWORD: FIRST_PASSWORD, RETUNE_ROLES: 'web' });
  database = new pg.Client(postgres.url);
  await database.connect();
  await database.query(`INSERT INTO assistants (slug, name, greeting) VALUES ('elsewhere', 'Elsewhere', 'Hi')`);
  const { person } = people(service.url);
  const token = async (name: string, assistant: string | null, role: string) =>
    (await person(name, [{ assistant, role }])).token;
  tokens = {
    agentElsewhere: await token('Else', 'elsewhere', 'agent'),
    agent: await token('Agatha', 'demo', 'agent'),
    operator: await token('Olga', 'demo', 'operator'),
    admin: await token('Ada', null, 'admin'),
  };
}, 240_000);

afterAll(async () => {
  await database?.end();
  await service?.stop();
  await postgres?.remove();
});

const STAND_INS: Record<string, string> = { slug: 'demo', version: '1', n: '1', order: 'pause' };

/** A path with something in the place of each parameter: of the assistant `demo`, where it belongs to one. */
function concrete(path: string): string {
  return path.replaceAll(/:(\w+)/g, (whole, name: string, at: number) => {
    const before = path.slice(0, at - 1);
    return (name === 'id' && THINGS[before]) || (STAND_INS[name] ?? ANY_ID);
  });
}

const REFUSALS = new Set([
  ...['token_missing', 'token_unknown', 'token_expired', 'session_ended', 'cross_site'].map((code) => `access.${code}`),
  ...['role_missing', 'not_found', 'read_only', 'no_person', 'password_change_required'].map(
    (code) => `access.${code}`,
  ),
  'feedback.rater_unknown',
]);
/** Writes that can't succeed in this walk (no version, no rollout, no refresh cookie, no provider), or that write nothing in it. */
const NOT_WRITTEN = [
  'DELETE /api/v1/customers/:id',
  'DELETE /api/v1/sessions/current',
  'PATCH /api/v1/me',
  'POST /api/v1/assistants/:slug/adapter-versions/:version/canary',
  'POST /api/v1/assistants/:slug/adapter-versions/:version/promote',
  'POST /api/v1/assistants/:slug/playground',
  'POST /api/v1/assistants/:slug/comparisons',
  'POST /api/v1/assistants/:slug/version-comparison/answers',
  'POST /api/v1/assistants/:slug/rollback',
  'POST /api/v1/assistants/:slug/rollouts/:id/:order',
  'POST /api/v1/assistants/:slug/training-runs',
  'POST /api/v1/assistants/:slug/training-runs/:id/retry',
  'POST /api/v1/corrections/:id/teach',
  'POST /api/v1/messages/:id/personal-data',
  'POST /api/v1/sessions',
  'POST /api/v1/sessions/refresh',
];
/** Routes of a walk that an administrator's call left an entry in the audit for. */
const recorded = new Set<string>();

async function countEntries(): Promise<number> {
  const { rows } = await database.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM audit_entries WHERE actor = 'Ada' AND actor_kind = 'user' AND action <> 'session.begin'`,
  );
  return rows[0]?.n ?? 0;
}

/** `yes` where whoever it is was let in: what comes of it (bad input, a conflict) is another matter. */
function verdict({ status, body }: RestAnswer<Json>): string {
  return REFUSALS.has(String(body.code)) ? String(status) : 'yes';
}

async function call(route: string, caller: Caller): Promise<string> {
  const [method = '', path = ''] = route.split(' ');
  const staff = caller === 'none' || caller === 'customer' ? undefined : tokens[caller];
  const headers = {
    'x-retune-request': '1',
    ...(caller === 'customer' && { 'x-conversation-token': CONVERSATION_TOKEN }),
  };
  await putBack(database, route);
  const before = await countEntries();
  const send = restClient(service.url)[method.toLowerCase() as 'post'];
  const body = method === 'GET' ? undefined : route === 'POST /api/v1/users' ? newUser() : (BODIES[route] ?? {});
  const answer = await send(concrete(path), { token: staff, headers, body });
  if (caller === 'admin' && answer.status < 300 && (await countEntries()) > before) recorded.add(route);
  return verdict(answer);
}

async function walkRoutes(): Promise<string[]> {
  // Signing out everywhere ends what the walk needs.
  const last = (route: string) => Number(route === 'DELETE /api/v1/sessions');
  const routes = [...new Set(service.routes)].sort().sort((a, b) => last(a) - last(b));
  const lines: string[] = [];
  for (const route of routes) {
    const cells: string[] = [];
    for (const caller of ROLES) cells.push(await call(route, caller));
    lines.push(line(route, cells));
  }
  return lines.sort();
}

/** Sends an event as somebody. @returns `yes`, or `refused` where they can't even connect or may not do it */
function emit(namespace: string, event: string, auth: Json, payload: object = {}): Promise<string> {
  const socket = io(`${service.url}${namespace}`, { auth, transports: ['websocket'], reconnection: false });
  return new Promise<string>((answered) => {
    socket.once('connect_error', () => answered('refused'));
    socket.once('connect', () =>
      socket.emit(event, payload, ({ error }: { ok: boolean; error?: { code: string } }) =>
        answered(error?.code === 'event.unknown' ? error.code : REFUSALS.has(String(error?.code)) ? 'refused' : 'yes'),
      ),
    );
  }).finally(() => socket.disconnect());
}

async function walkSockets(): Promise<string[]> {
  const lines: string[] = [];
  const walk = async (namespace: string, event: string, customer: Json, payload?: (token?: string) => object) => {
    const cells: string[] = [];
    for (const caller of ROLES) {
      const staff = caller === 'none' || caller === 'customer' ? undefined : tokens[caller];
      cells.push(await emit(namespace, event, caller === 'customer' ? customer : { token: staff }, payload?.(staff)));
    }
    lines.push(line(`${namespace} ${event}`, cells));
  };
  for (const event of clientEventTable({}).keys()) await walk('/chat', event, { siteKey: 'demo' });
  await putBack(database, '');
  const conversationId = THINGS['/api/v1/conversations'];
  for (const event of consoleEventTable().keys()) {
    const payload = (token?: string) => ({ conversationId, isTyping: true, token });
    await walk('/console', event, { siteKey: 'demo', token: CONVERSATION_TOKEN }, payload);
  }
  return lines.sort();
}

const line = (what: string, cells: string[]) => `| \`${what}\` | ${cells.join(' | ')} |`;

/** The table's lines between its marks. */
async function documented(name: string, observed: string[]): Promise<string[]> {
  const text = await readFile(TABLE, 'utf8');
  const [, before = '', inside = '', after = ''] =
    new RegExp(`([\\s\\S]*<!-- ${name} -->\\n)([\\s\\S]*?)(<!-- end -->[\\s\\S]*)`).exec(text) ?? [];
  const [head = '', rule = '', ...rows] = inside.trim().split('\n');
  if (process.env.ACCESS_TABLE)
    await writeFile(TABLE, `${before}\n${[head, rule, ...observed].join('\n')}\n\n${after}`);
  return (process.env.ACCESS_TABLE ? observed : rows).map((row) => row.replaceAll(/ +/g, ' '));
}

// First, for the walk through the routes signs everybody out.
it('every event of /chat is for customers alone, of /console for agents of its assistant', async () => {
  const observed = await walkSockets();
  expect(observed).toEqual(await documented('events', observed));
}, 60_000);

it('every route lets in whom the table says, and nobody else', async () => {
  const observed = await walkRoutes();
  expect(observed.length).toBeGreaterThan(60);
  expect(observed).toEqual(await documented('routes', observed));
}, 120_000);

it('every write leaves an entry in the audit, with the person who made it', () => {
  const writes = [...new Set(service.routes)].filter((route) => !route.startsWith('GET'));
  const missing = writes.filter((route) => !recorded.has(route) && !NOT_WRITTEN.includes(route));
  expect(missing).toEqual([]);
  expect(NOT_WRITTEN.filter((route) => recorded.has(route) || !writes.includes(route))).toEqual([]);
});
