// A hundred thousand conversations as a busy company has them after a quarter: most handled by the assistant, some closed, a few waiting.
import pg from 'pg';
import { loadQuestions } from '../../demo/questions.js';

const AT_ONCE = 10_000;
const MESSAGES_EACH = 6;

export interface FillSettings {
  conversations: number;
  /** Who has taken some over. */
  agentName: string;
}

/** Fills the tables; what triggers would have kept is filled in afterwards, at once. */
export async function fill(databaseUrl: string, { conversations, agentName }: FillSettings): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const { train } = loadQuestions({ trainEach: 5, heldOutEach: 1 });
    const texts = train.flatMap(({ text, wanted }) => [text, wanted]);
    await client.query(
      `INSERT INTO assistants (slug, name, greeting) VALUES ('shop', 'Shop', 'Hi'), ('small', 'Small', 'Hi')`,
    );
    await client.query('SET session_replication_role = replica');
    for (let done = 0; done < conversations; done += AT_ONCE) {
      await client.query(CONVERSATIONS, [done + 1, Math.min(done + AT_ONCE, conversations), agentName]);
    }
    await client.query(MESSAGES, [MESSAGES_EACH, texts]);
    await client.query(RATINGS);
    await client.query(FACTS);
    await client.query('SET session_replication_role = DEFAULT');
    await client.query('VACUUM ANALYZE conversations, messages, ratings, conversation_facts');
  } finally {
    await client.end();
  }
}

/** One in 100 is of a small assistant, a third closed; three in a thousand wait, one in two hundred is with an agent. */
const CONVERSATIONS = `INSERT INTO conversations
    (id, customer_id, assistant_id, token_hash, last_seq, handover, agent_name, handover_at, created_at, last_message_at, closed_at, closed_by)
  SELECT id, CASE WHEN n % 5 = 0 THEN 'shop:' || n ELSE id::text END,
    (SELECT id FROM assistants WHERE slug = CASE WHEN n % 100 = 0 THEN 'small' WHEN n % 2 = 0 THEN 'demo' ELSE 'shop' END),
    'none', ${MESSAGES_EACH}, state, CASE WHEN state = 'agent' THEN CASE WHEN n % 400 = 7 THEN $3 ELSE 'Lee' END END,
    CASE WHEN state <> 'bot' THEN at END, at - interval '10 minutes', at,
    CASE WHEN state = 'bot' AND n % 3 = 0 THEN at + interval '1 hour' END, CASE WHEN state = 'bot' AND n % 3 = 0 THEN $3 END
  FROM (SELECT n, gen_random_uuid() AS id, now() - random() * interval '90 days' AS at,
      CASE WHEN n % 1000 IN (1, 2, 4) THEN 'waiting' WHEN n % 200 = 7 THEN 'agent' ELSE 'bot' END AS state
    FROM generate_series($1::int, $2::int) AS n) AS made`;

/** Questions and answers by turns; one word in a message is rare, so that a search can be for something. */
const MESSAGES = `INSERT INTO messages (conversation_id, seq, role, text, status, adapter_version, prompt_version, created_at)
  SELECT c.id, seq, CASE WHEN seq % 2 = 1 THEN 'customer' ELSE 'assistant' END,
    ($2::text[])[1 + floor(random() * cardinality($2::text[]))::int] || ' ' || substr(md5(c.id::text || seq), 1, 6), 'complete',
    CASE WHEN seq % 2 = 0 THEN floor(9 * random() * random())::int END, CASE WHEN seq % 2 = 0 THEN 1 END,
    c.last_message_at - ($1::int - seq) * interval '1 minute'
  FROM conversations c, generate_series(1, $1::int) AS seq`;

const RATINGS = `INSERT INTO ratings (message_id, rater_kind, rater_id, value)
  SELECT id, 'customer', conversation_id::text, CASE WHEN random() < 0.3 THEN 'down' ELSE 'up' END
  FROM messages WHERE role = 'assistant' AND random() < 0.06`;

const FACTS = `INSERT INTO conversation_facts (conversation_id, last_version, last_rating)
  SELECT c.id, m.adapter_version, r.value FROM conversations c
    JOIN messages m ON m.conversation_id = c.id AND m.seq = c.last_seq
    LEFT JOIN LATERAL (SELECT r.value FROM ratings r JOIN messages rated ON rated.id = r.message_id
      WHERE rated.conversation_id = c.id ORDER BY r.updated_at DESC LIMIT 1) r ON true`;
