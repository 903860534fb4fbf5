// One thing of every kind that belongs to the assistant `demo`, with ids that stay, put back before each call of the walk through all routes.
import { createHash } from 'node:crypto';
import type pg from 'pg';

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** What the customer of the conversation below holds. */
export const CONVERSATION_TOKEN = 'the-conversation-token';

/** The id of a thing, by the path before `:id`. */
export const THINGS: Record<string, string> = {
  '/api/v1/conversations': id(1),
  '/api/v1/messages': id(2),
  '/api/v1/corrections': id(3),
  '/api/v1/examples': id(4),
  '/api/v1/memory': id(5),
};
/** Where an assistant's slug in the path decides, or where it is about none, any id will do. */
export const ANY_ID = id(99);

const DEMO = `(SELECT id FROM assistants WHERE slug = 'demo')`;
const ROWS = [
  `INSERT INTO conversations (id, assistant_id, token_hash, last_seq)
    VALUES ('${id(1)}', ${DEMO}, '${createHash('sha256').update(CONVERSATION_TOKEN).digest('hex')}', 1)`,
  `INSERT INTO messages (id, conversation_id, seq, role, text, status) VALUES ('${id(2)}', '${id(1)}', 1, 'assistant', 'No.', 'complete')`,
  `INSERT INTO corrections (id, message_id, agent_id, text, use_for_training, remembered_at)
    VALUES ('${id(3)}', '${id(2)}', 'Ada', 'Yes.', false, now())`,
  `INSERT INTO examples (id, assistant_id, kind, split, prompt, completion, content_hash, source_message_id, status, quarantine_reason)
    VALUES ('${id(4)}', ${DEMO}, 'sft', 'train', '[]', 'Yes.', 'hash', '${id(2)}', 'quarantined', 'abuse')`,
  `INSERT INTO memory_entries (id, assistant_id, correction_id, question, question_key, answer, embedding)
    VALUES ('${id(5)}', ${DEMO}, '${id(3)}', 'Q?', 'q', 'Yes.', decode(repeat('00', 1536), 'hex'))`,
];
const AGAIN = `UPDATE examples SET status = 'quarantined', quarantine_reason = 'abuse'`;

/** Puts back what a call has changed or deleted. */
export async function putBack(database: pg.Client): Promise<void> {
  await database.query([...ROWS.map((row) => `${row} ON CONFLICT DO NOTHING`), AGAIN].join(';\n'));
}
