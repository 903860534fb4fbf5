// What it costs to send a message where the tables hold a thousand and where they hold a million: two services with a database each, asked
// by turns, each time in a conversation that has said as much.
import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { openChat, until } from '../../support/chat.js';
import { startService, type ServiceUnderTest } from '../../support/service.js';
import { median } from '../statistics.js';

const MESSAGES_EACH = 20;
const WARM_UP_SENDS = 10;
const FILL_CONVERSATIONS_AT_ONCE = 5_000;
const TOKEN = 'bench';
const ANSWER_MS_MAX = 180_000;

export interface SendCost {
  /** Median milliseconds from a send to its ack, by number of messages in the tables. */
  smallMs: number;
  largeMs: number;
}

/** @param sends on each side */
export async function measureSendCost(
  sizes: { small: number; large: number },
  sends: number,
  settings: Record<string, string>,
): Promise<SendCost> {
  const services: ServiceUnderTest[] = [];
  try {
    for (const size of [sizes.small, sizes.large]) {
      const service = await startService(settings);
      services.push(service);
      await fill(service.databaseUrl, size);
    }
    const [small, large] = services as [ServiceUnderTest, ServiceUnderTest];
    const times: { small: number[]; large: number[] } = { small: [], large: [] };
    for (let i = -WARM_UP_SENDS; i < sends; i++) {
      const order = [['small', small] as const, ['large', large] as const];
      for (const [size, service] of i % 2 ? order.reverse() : order) {
        const ms = await timedSend(service);
        if (i >= 0) times[size].push(ms);
      }
    }
    return { smallMs: median(times.small), largeMs: median(times.large) };
  } finally {
    for (const service of services) await service.stop();
  }
}

/** Conversations of twenty messages each, `messages` in all, as if they had been held. */
async function fill(databaseUrl: string, messages: number): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    // Nothing is checked row by row: what is inserted fits together.
    await client.query('SET session_replication_role = replica');
    for (let left = messages / MESSAGES_EACH; left > 0; left -= FILL_CONVERSATIONS_AT_ONCE) {
      await insert(client, Math.min(left, FILL_CONVERSATIONS_AT_ONCE));
    }
    // As autovacuum would have done by the time that they came together.
    await client.query('VACUUM ANALYZE conversations, messages');
  } finally {
    await client.end();
  }
}

function insert(client: pg.Client, conversations: number): Promise<unknown> {
  const tokenHash = createHash('sha256').update(TOKEN).digest('hex');
  return client.query(
    `WITH begun AS (
      INSERT INTO conversations (id, customer_id, assistant_id, token_hash, last_seq)
      SELECT id, id::text, assistant_id, $1, $3
      FROM (SELECT gen_random_uuid() AS id, a.id AS assistant_id FROM assistants a, generate_series(1, $2::int) WHERE a.slug = 'demo') made
      RETURNING id
    )
    INSERT INTO messages (conversation_id, seq, role, text, status, client_message_id, adapter_version, prompt_version)
    SELECT id, seq, CASE WHEN seq % 2 = 1 THEN 'customer' ELSE 'assistant' END, 'What was said as number ' || seq || '.', 'complete',
      CASE WHEN seq % 2 = 1 THEN gen_random_uuid() END, CASE WHEN seq % 2 = 0 THEN 0 END, CASE WHEN seq % 2 = 0 THEN 1 END
    FROM begun, generate_series(1, $3::int) AS seq`,
    [tokenHash, conversations, MESSAGES_EACH],
  );
}

/** One send in a conversation that is gone on with as little as any. Its answer is stopped and waited for: nothing runs beside the next send. */
async function timedSend({ url, databaseUrl }: ServiceUnderTest): Promise<number> {
  const client = await openChat(url, {
    siteKey: 'demo',
    conversationId: await leastUsedConversation(databaseUrl),
    token: TOKEN,
  });
  try {
    const begunMs = performance.now();
    const ack = await client.send('Where is my card?', randomUUID());
    const ms = performance.now() - begunMs;
    if (!ack.ok) throw new Error(ack.error.message);
    await client.ask('message:stop', { messageId: ack.messageId });
    await until(() => client.done.length + client.errors.length > 0, ANSWER_MS_MAX);
    return ms;
  } finally {
    client.close();
  }
}

async function leastUsedConversation(databaseUrl: string): Promise<string> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM conversations WHERE last_seq >= $1 ORDER BY last_seq, id LIMIT 1`,
    [MESSAGES_EACH],
  );
  await client.end();
  return rows[0]?.id ?? '';
}
