// Which assistant a request is about: one table from the kind of thing in the path to the question that finds its assistant.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

const OF_MESSAGE = 'FROM messages m JOIN conversations c ON c.id = m.conversation_id';

/** Each finds the assistant of the thing whose id is `$1`. */
const QUESTIONS = {
  slug: 'SELECT id AS assistant_id FROM assistants WHERE slug = $1',
  conversation: 'SELECT assistant_id FROM conversations WHERE id = $1',
  message: `SELECT c.assistant_id ${OF_MESSAGE} WHERE m.id = $1`,
  correction: `SELECT c.assistant_id ${OF_MESSAGE} JOIN corrections k ON k.message_id = m.id WHERE k.id = $1`,
  comparison: 'SELECT assistant_id FROM comparisons WHERE id = $1',
  example: 'SELECT assistant_id FROM examples WHERE id = $1',
  memory: 'SELECT assistant_id FROM memory_entries WHERE id = $1',
  run: 'SELECT assistant_id FROM training_runs WHERE id = $1',
  rollout: 'SELECT assistant_id FROM rollouts WHERE id = $1',
} as const;

/**
 * How the guard finds the assistant: by the path's `:slug` or, for the other kinds of thing, by its `:id`. `any`: a role for some
 * assistant is enough, for the handler shows only what `actor.assistantIds(role)` lets it. `all`: a role for all assistants.
 */
export type AssistantOf = keyof typeof QUESTIONS | 'any' | 'all';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

@Injectable()
export class AssistantsOf {
  constructor(private readonly database: DataSource) {}

  /** The id of the assistant that a thing belongs to; undefined where there is no such thing. */
  async find(kind: keyof typeof QUESTIONS, id: string): Promise<string | undefined> {
    if (kind !== 'slug' && !UUID.test(id)) return undefined;
    const [row] = await this.database.query<{ assistant_id: string }[]>(QUESTIONS[kind], [id]);
    return row?.assistant_id;
  }
}
