// Puts answered conversations straight into the database, for tests that are about what happens after an answer.
import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';

/** An answer that can be rated. */
export interface AnsweredQuestion {
  conversationId: string;
  /** What the widget would hold. */
  conversationToken: string;
  questionId: string;
  answerId: string;
}

/** A conversation of one question and one answer with the demo assistant. */
export async function answered(client: pg.Client, question: string, answer: string): Promise<AnsweredQuestion> {
  const conversationToken = randomUUID();
  const tokenHash = createHash('sha256').update(conversationToken).digest('hex');
  const made = await client.query<{ id: string }>(
    `INSERT INTO conversations (assistant_id, token_hash, last_seq)
    SELECT id, $1, 2 FROM assistants WHERE slug = 'demo' RETURNING id`,
    [tokenHash],
  );
  const conversationId = made.rows[0]?.id ?? '';
  const questionId = await message(client, { conversationId, seq: 1, role: 'customer', text: question });
  const answerId = await message(client, {
    conversationId,
    seq: 2,
    role: 'assistant',
    text: answer,
    replyToId: questionId,
  });
  return { conversationId, conversationToken, questionId, answerId };
}

interface NewMessage {
  conversationId: string;
  seq: number;
  role: 'customer' | 'assistant';
  text: string;
  replyToId?: string;
  status?: string;
}

/** One message, complete unless said otherwise. @returns its id */
export async function message(client: pg.Client, values: NewMessage): Promise<string> {
  const { conversationId, seq, role, text, replyToId = null, status = 'complete' } = values;
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO messages (conversation_id, seq, role, text, status, reply_to_id, prompt_version)
    VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
    [conversationId, seq, role, text, status, replyToId, role === 'assistant' ? 1 : null],
  );
  return rows[0]?.id ?? '';
}
