// `npm run bench:inbox`: how soon the inbox answers each of its filters with 100,000 conversations (600,000 messages), over REST, on the embedded
// Postgres. `-- --conversations N` for another number, `-- --plans FILE` writes how Postgres answers each question. The last line is one JSON object;
// the exit code is 1 when the slowest filter's p95 is above 200 ms.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { inboxQuestion, type InboxFilter } from '../../../src/conversations/inbox/inbox-sql.js';
import { restClient } from '../../support/rest.js';
import { startService, type ServiceUnderTest } from '../../support/service.js';
import { percentile, rounded } from '../statistics.js';
import { fill } from './fill.js';

const P95_MS_MAX = 200;
const REPEATS = 40;
const WARM_UP = 3;
const AGENT = 'Kim';

/** What people look for. `after`: from the middle of the list. */
const FILTERS: Record<string, string> = {
  'needs a human': 'place=needs_human',
  'handled by assistant': 'place=assistant',
  mine: 'place=mine',
  'with colleagues': 'place=colleagues',
  closed: 'place=closed',
  'handled, deep in the list': 'place=assistant&after=deep',
  'handled, rated poor': 'place=assistant&rating=down',
  'handled, rated good, one version': 'place=assistant&rating=up&version=3',
  'handled, a rare version': 'place=assistant&version=8',
  'handled, of a small assistant': 'place=assistant&assistant=small',
  'closed, rated poor, of one assistant': 'place=closed&rating=down&assistant=shop',
  'search, a frequent word': 'place=assistant&q=card',
  'search, two words': 'place=assistant&q=card%20arrive',
  'search, a rare word': 'place=assistant&q=RARE',
  'search, a word of nobody': 'place=closed&q=zebrafinch',
  'search, a frequent word among few': 'place=needs_human&q=card',
  'search, a frequent word, rated poor': 'place=assistant&q=card&rating=down',
  'a customer’s id': 'place=closed&q=shop%3A300',
};

const { values } = parseArgs({
  options: { conversations: { type: 'string', default: '100000' }, plans: { type: 'string' } },
});

interface Page {
  conversations: unknown[];
  next: string | null;
}

async function main(): Promise<void> {
  const conversations = Number(values.conversations);
  const service = await startService({ RETUNE_ROLES: 'web' });
  try {
    const begunMs = Date.now();
    await fill(service.databaseUrl, { conversations, agentName: AGENT });
    console.log(`${conversations} conversations in ${Math.round((Date.now() - begunMs) / 1000)} s`);
    const filters = await concrete(service);
    const { slowest, table } = await measureAll(service, filters);
    if (values.plans) await writeFile(values.plans, await plans(service.databaseUrl, filters, table));
    const isFast = slowest <= P95_MS_MAX;
    console.log(JSON.stringify({ bench: 'inbox', conversations, slowestP95Ms: rounded(slowest, 1), isFast }));
    if (!isFast) process.exitCode = 1;
  } finally {
    await service.stop();
  }
}

/** The filters with a place deep in the list and a word that stands in one message. */
async function concrete(service: ServiceUnderTest): Promise<[name: string, query: string][]> {
  const client = new pg.Client(service.databaseUrl);
  await client.connect();
  const { rows } = await client.query<{ word: string }>(
    `SELECT right(m.text, 6) AS word FROM messages m JOIN conversations c ON c.id = m.conversation_id
      WHERE c.handover = 'bot' AND c.closed_at IS NULL AND right(m.text, 6) ~ '^[a-f]' ORDER BY random() LIMIT 1`,
  );
  const { rows: deep } = await client.query<{ at: string; id: string }>(
    `SELECT last_message_at::text AS at, id FROM conversations WHERE handover = 'bot' AND closed_at IS NULL
      ORDER BY last_message_at DESC OFFSET (SELECT count(*) / 3 FROM conversations) LIMIT 1`,
  );
  await client.end();
  const after = Buffer.from(JSON.stringify([deep[0]?.at, deep[0]?.id])).toString('base64url');
  return Object.entries(FILTERS).map(([name, query]) => [
    name,
    query.replace('RARE', rows[0]?.word ?? '').replace('after=deep', `after=${after}`),
  ]);
}

/** @returns the highest p95, and all of them as Markdown */
async function measureAll(
  service: ServiceUnderTest,
  filters: [string, string][],
): Promise<{ slowest: number; table: string }> {
  const rest = restClient(service.url);
  const headers = { 'x-retune-actor': AGENT };
  let slowest = 0;
  const lines = ['| filter | found on the page | median ms | p95 ms |', '|---|---|---|---|'];
  for (const [name, query] of filters) {
    const times: number[] = [];
    let found = 0;
    for (let i = -WARM_UP; i < REPEATS; i++) {
      const begunMs = performance.now();
      const { status, body } = await rest.get<Page>(`/api/v1/inbox?${query}&limit=100`, {
        token: service.agentToken,
        headers,
      });
      if (status !== 200) throw new Error(`${name} was answered with ${status}.`);
      if (i >= 0) times.push(performance.now() - begunMs);
      found = body.conversations.length;
    }
    const p95 = percentile(times, 0.95);
    slowest = Math.max(slowest, p95);
    lines.push(`| ${name} | ${found} | ${percentile(times, 0.5).toFixed(1)} | ${p95.toFixed(1)} |`);
  }
  const table = lines.join('\n');
  console.log(table);
  return { slowest, table };
}

/** How Postgres answers each question, as Markdown. */
async function plans(databaseUrl: string, filters: [string, string][], table: string): Promise<string> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const parts: string[] = [];
  for (const [i, [name, query]] of filters.entries()) {
    const [sql, parameters] = inboxQuestion(await filterOf(client, new URLSearchParams(query)));
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF) ${sql}`,
      parameters,
    );
    const lines = rows.map((row) => row['QUERY PLAN']).filter((line) => !/Index Searches|Storage:/.test(line));
    // What is looked up for the page is the same each time.
    const shown =
      i === 0
        ? lines
        : lines.slice(
            1,
            lines.findIndex((line, at) => at > 1 && /^ {2}-> /.test(line)),
          );
    parts.push(
      `## ${name[0]?.toUpperCase()}${name.slice(1)}\n\n\`\`\`\n${[...shown, ...(i === 0 ? [] : lines.slice(-1))].join('\n')}\n\`\`\`\n`,
    );
  }
  await client.end();
  return `${INTRODUCTION}\n${table}\n\n${parts.join('\n')}`;
}

async function filterOf(client: pg.Client, query: URLSearchParams): Promise<InboxFilter> {
  const q = query.get('q');
  const after = query.get('after');
  const word = async (text: string) => {
    const { rows } = await client.query<{ words: string }>(
      `SELECT string_agg(quote_literal(word) || ':*', ' & ') AS words FROM regexp_split_to_table($1, ' ') AS word`,
      [text],
    );
    return rows[0]?.words ?? '';
  };
  return {
    place: query.get('place') as InboxFilter['place'],
    ...{ of: 'all', agentName: AGENT, limit: 100 },
    ...(query.get('assistant') && { assistant: query.get('assistant') ?? '' }),
    ...(query.get('rating') && { rating: query.get('rating') as 'up' }),
    ...(query.get('version') && { version: Number(query.get('version')) }),
    ...(q && { search: q.includes(':') ? { id: q } : { words: await word(q) } }),
    ...(after && { after: JSON.parse(Buffer.from(after, 'base64url').toString()) as [string, string] }),
  };
}

const INTRODUCTION = `# How Postgres answers the inbox

Written by \`npm run bench:inbox -- --plans docs/inbox-plans.md\`: each filter's question on ${values.conversations} conversations with six messages each, on the
embedded Postgres. A page's ids are found first (\`page\`), what is shown of them is looked up for that page alone; that part is the same each time, so
only the first plan is shown whole. The times in the table are of whole requests over REST, ${REPEATS} of each.
`;

await main();
