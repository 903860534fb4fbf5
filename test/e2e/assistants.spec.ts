// What operators set for an assistant, on the real service: prompt versions, the widget's settings, schedule and budget.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openChat } from '../support/chat.js';
import { restClient, type Json } from '../support/rest.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

const A = '/api/v1/assistants/demo';

let service: ServiceUnderTest;
let rest: ReturnType<typeof restClient>;
let operator: { token: string };
let database: pg.Client;

beforeAll(async () => {
  service = await startService({ CHAT_MAX_ANSWER_TOKENS: '8', LEARN_MIN_EXAMPLES: '1000000' });
  rest = restClient(service.url);
  operator = { token: service.operatorToken };
  database = new pg.Client(service.databaseUrl);
  await database.connect();
}, 240_000);
afterAll(async () => {
  await database?.end();
  await service?.stop();
});

const audit = async (action: string) => {
  const { body } = await rest.get<{ entries: Json[] }>(`/api/v1/audit?action=${action}`, operator);
  return body.entries;
};

describe('prompt versions', () => {
  const active = async () => (await rest.get<Json>(A, operator)).body.activePromptVersion;

  it('may be tried before they are active, and say who wrote them and why', async () => {
    const body = { instructions: 'Answer in one word.', note: 'Shorter.', activate: false };
    const made = await rest.post(`${A}/prompt-versions`, { ...operator, body });
    expect(made).toMatchObject({ status: 201, body: { version: 2, active: false, note: 'Shorter.' } });
    expect(made.body.author).toEqual(expect.any(String));
    expect(await active()).toBe(1);
  });

  it('are activated with a reason, forwards and back', async () => {
    const activate = (version: number) =>
      rest.post(`${A}/prompt-versions/${version}/activate`, { ...operator, body: { reason: 'It reads better.' } });
    expect(await activate(2)).toMatchObject({ status: 200, body: { version: 2, active: true } });
    expect(await active()).toBe(2);
    expect(await activate(2)).toMatchObject({ status: 409, body: { code: 'assistants.prompt_version_active' } });
    expect(await activate(7)).toMatchObject({ status: 404, body: { code: 'assistants.prompt_version_unknown' } });
    expect((await activate(1)).status).toBe(200);
    expect(await audit('prompt_version.activate')).toMatchObject([
      { reason: 'It reads better.', before: { activePromptVersion: 2 }, after: { activePromptVersion: 1 } },
      { before: { activePromptVersion: 1 }, after: { activePromptVersion: 2 } },
    ]);
  });
});

describe('widget settings', () => {
  const WIDGET = { title: 'Ask us', greeting: 'What can we do for you?', accent: '#FFD400', position: 'left' };
  let key: { id: string; key: string; widget: Json };

  it('are empty for a new site key, and anybody may read how the widget looks', async () => {
    key = (await rest.post<typeof key>(`${A}/site-keys`, { ...operator, body: { name: 'Shop' } })).body;
    expect(key.widget).toMatchObject({ title: null, accent: null });
    const looks = await rest.get(`/api/v1/widget/${key.key}`);
    expect(looks).toMatchObject({ status: 200, body: { accentLight: null, position: null } });
    expect(looks.headers.get('access-control-allow-origin')).toBe('*');
    expect(looks.headers.get('cache-control')).toContain('max-age=60');
    expect((await rest.get('/api/v1/widget/pk_nobodys')).status).toBe(404);
  });

  it('are what the widget gets: its looks at once, its words with the conversation', async () => {
    const changed = await rest.patch(`${A}/site-keys/${key.id}`, { ...operator, body: { widget: WIDGET } });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Shop', widget: { ...WIDGET, accent: '#ffd400' } } });
    expect((await rest.get(`/api/v1/widget/${key.key}`)).body).toEqual({
      ...{ accentLight: '#ffd400', accentDark: '#ffd400', onAccentLight: '#000000', onAccentDark: '#000000' },
      ...{ theme: null, position: 'left', locale: null },
    });
    const chat = await openChat(service.url, { siteKey: key.key });
    chat.close();
    expect(chat.session.assistant).toEqual({ slug: 'demo', name: 'Ask us', greeting: 'What can we do for you?' });
    expect(await audit('site_key.change')).toMatchObject([
      { before: { widget: {} }, after: { widget: { title: 'Ask us' } } },
    ]);
  });

  it('refuse what is no colour', async () => {
    const body = { widget: { accent: 'red; --x: url(https://elsewhere.example)' } };
    expect((await rest.patch(`${A}/site-keys/${key.id}`, { ...operator, body })).status).toBe(400);
  });
});

describe('schedule and budget', () => {
  const settings = `${A}/learning-settings`;

  it('are the environment’s until an operator sets them', async () => {
    expect((await rest.get(settings, operator)).body).toMatchObject({
      own: { schedule: null, maxMinutes: null },
      inForce: { schedule: 'off', minExamples: 1_000_000, maxMinutes: 120, monthMinutes: null },
      ...{ nextAt: null, minutesThisMonth: 0, newExamples: 0, updatedBy: null },
    });
    const body = { schedule: '30 2 * * 1', maxMinutes: 20, monthMinutes: 300, reason: 'Nights are quiet.' };
    const changed = await rest.put<Json>(settings, { ...operator, body });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        own: { schedule: '30 2 * * 1', minExamples: null, maxMinutes: 20, monthMinutes: 300 },
        inForce: { schedule: '30 2 * * 1', minExamples: 1_000_000, maxMinutes: 20, maxTokens: 20_000_000 },
      },
    });
    const next = new Date(String(changed.body.nextAt));
    expect([next.getDay(), next.getHours(), next.getMinutes()]).toEqual([1, 2, 30]);
    expect(await audit('learning_settings.change')).toMatchObject([
      { reason: 'Nights are quiet.', before: { maxMinutes: null }, after: { maxMinutes: 20 } },
    ]);
  });

  it.each([{ schedule: 'every night' }, { maxMinutes: 0 }, { monthMinutes: 1e6 }, { niceness: 20 }])(
    'refuse %j',
    async (body) => expect((await rest.put(settings, { ...operator, body })).status).toBe(400),
  );
});
