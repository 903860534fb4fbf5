// What operators set for an assistant and find out about it, on the real service: prompt versions, the widget's settings, schedule and budget,
// the feedback pool, the playground.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import pg from 'pg';
import type { PlaygroundLine } from '../../src/conversations/playground/playground.schema.js';
import { readExamples } from '../../src/lora-cli/examples.js';
import { answered } from '../support/answered.js';
import { openChat } from '../support/chat.js';
import { restClient, type Json } from '../support/rest.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

const A = '/api/v1/assistants/demo';

let service: ServiceUnderTest;
let rest: ReturnType<typeof restClient>;
let operator: { token: string };
let database: pg.Client;

beforeAll(async () => {
  service = await startService({ CHAT_MAX_ANSWER_TOKENS: '8', LEARN_MIN_EXAMPLES: '1000000', MEMORY: 'true' });
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

/** Corrects an answer. @returns the example's id */
async function correct(question: string, right: string, slice: string): Promise<string> {
  const { answerId } = await answered(database, question, 'I do not know.');
  const path = `/api/v1/messages/${answerId}/corrections`;
  const { body } = await rest.post<{ example: { id: string } }>(path, {
    token: service.agentToken,
    body: { text: right, slice },
  });
  return body.example.id;
}

describe('the feedback pool', () => {
  const pool = `${A}/examples`;
  let ids: string[];
  const found = async (query: string) => {
    const { body } = await rest.get<{ examples: Json[] }>(`${pool}?${query}`, operator);
    return body.examples.map(({ id }) => String(id));
  };
  const exported = async (query: string) => {
    const response = await fetch(`${service.url}${pool}/export?${query}`, {
      headers: { authorization: `Bearer ${operator.token}` },
    });
    return { response, text: await response.text() };
  };

  it('says which versions were made with an example, and finds examples by that and by words', async () => {
    ids = [
      await correct('How long does a card take?', 'Three working days.', 'cards'),
      await correct('Is there a "fee"?\nI mean, 100%?', '=No, none.', 'fees'),
    ];
    const [first = '', second = ''] = ids;
    await database.query(
      `WITH run AS (INSERT INTO training_runs (assistant_id, status, trigger)
        SELECT id, 'candidate', 'request' FROM assistants WHERE slug = 'demo' RETURNING id, assistant_id),
      version AS (INSERT INTO adapter_versions
        (assistant_id, version, status, parent_version, run_id, sha256, size_bytes, base_sha256, rank, alpha)
        SELECT assistant_id, 3, 'retired', 0, id, 'x', 1, 'y', 8, 16 FROM run)
      INSERT INTO run_examples (run_id, example_id, split, "group") SELECT id, $1, 'train', 'new' FROM run`,
      [first],
    );
    const { body } = await rest.get<{ examples: Json[] }>(pool, operator);
    expect(body.examples).toMatchObject([
      { id: second, usedIn: [], raterKind: 'agent', status: 'accepted', conversationId: expect.any(String) },
      { id: first, usedIn: [3] },
    ]);
    expect(await found('usedIn=3')).toEqual([first]);
    expect(await found('usedIn=4')).toEqual([]);
    expect(await found('q=CARD+working')).toEqual([first]);
    expect(await found('q=100%25')).toEqual([second]);
    expect(await found('q=_')).toEqual([]);
  });

  it('is taken away as lines that our own trainer reads, and as a table; the audit says by whom', async () => {
    const lines = await exported('format=jsonl');
    expect(lines.response.headers.get('content-disposition')).toContain('demo-examples.jsonl');
    const examples = readExamples(lines.text, { name: 'pool', allTurns: false });
    expect(examples).toMatchObject([
      { kind: 'preference', chosen: '=No, none.', rejected: 'I do not know.' },
      { kind: 'preference', chosen: 'Three working days.' },
    ]);
    const table = await exported('format=csv&slice=fees');
    expect(table.response.headers.get('content-type')).toContain('text/csv');
    expect(parse(table.text, { columns: true, bom: true })).toMatchObject([
      { id: ids[1], question: 'Is there a "fee"?\nI mean, 100%?', answer: "'=No, none.", used_in: '' },
    ]);
    expect(await audit('examples.export')).toMatchObject([
      { after: { format: 'csv', slice: 'fees' } },
      { after: { format: 'jsonl' } },
    ]);
    expect((await exported('format=xml')).response.status).toBe(400);
  });
});

describe('the playground', () => {
  const ask = async (body: object) => {
    const { text } = (await rest.post<{ text: string } & Json>(`${A}/playground`, { ...operator, body })).body;
    return (text ?? '')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as PlaygroundLine);
  };

  it('streams an answer of the base model under the active prompt, and of a draft with worked examples or without', async () => {
    const lines = await ask({ question: 'Hello?' });
    expect(lines[0]).toEqual({ kind: 'start', adapterVersion: 0, promptVersion: 1, shots: 0, memory: [] });
    const last = lines.at(-1);
    expect(last).toMatchObject({ kind: 'done', finishReason: expect.stringMatching(/^(stop|length)$/) });
    const streamed = lines.flatMap((line) => (line.kind === 'delta' ? [line.text] : [])).join('');
    expect(last).toMatchObject({ text: streamed });
    const draft = { instructions: 'Say yes.', fewShot: [{ question: 'Is it?', answer: 'Yes.' }] };
    const [shown] = await ask({ question: 'Is it?', draft, maxTokens: 2 });
    expect(shown).toMatchObject({ promptVersion: null, shots: 1 });
    const [hidden] = await ask({ question: 'Is it?', draft, fewShot: false, maxTokens: 2 });
    expect(hidden).toMatchObject({ shots: 0 });
  });

  it('asks the memory only when told to', async () => {
    const question = 'How long does a card take?';
    const remembered = async () => (await ask({ question, memory: true })).at(-1);
    const deadline = Date.now() + 20_000;
    let last = await remembered();
    while (last?.kind === 'done' && last.finishReason !== 'memory' && Date.now() < deadline) last = await remembered();
    expect(last).toMatchObject({ text: 'Three working days.', finishReason: 'memory' });
    expect((await ask({ question })).at(-1)).toMatchObject({ finishReason: 'length' });
  });

  it('refuses what is not there, before a line is written', async () => {
    const refused = async (body: object) => (await rest.post(`${A}/playground`, { ...operator, body })).body.code;
    expect(await refused({ question: 'x', version: 9 })).toBe('adapters.version_unknown');
    expect(await refused({ question: 'x', promptVersion: 9 })).toBe('assistants.prompt_version_unknown');
    expect(await refused({ question: '' })).toBe('request.invalid');
  });
});
