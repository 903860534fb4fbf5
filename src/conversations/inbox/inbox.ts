// The agents' inbox: conversations by who has to do something about them.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import type { Actor } from '../../access/actor.js';
import { wordsSql } from '../../database/words-sql.js';
import { toConversationView, type ConversationRow } from '../conversation-list.js';
import { inboxQuestion, type InboxFilter } from './inbox-sql.js';
import { cursorOf, type inboxCountsSchema, type InboxQuery, type inboxSchema } from './inbox.schema.js';

/** An anonymous customer's id is their conversation's; another one's is `<site key>:<their id>`. */
const ID = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[A-Za-z0-9_-]{1,100}:\S+)$/;

@Injectable()
export class Inbox {
  constructor(private readonly database: DataSource) {}

  /** One page of what this agent may see. */
  async list({ q = '', ...query }: InboxQuery, actor: Actor): Promise<z.infer<typeof inboxSchema>> {
    const search = await this.searchOf(q);
    if (search === 'nothing') return { conversations: [], next: null };
    const filter: InboxFilter = { ...query, search, of: actor.assistantIds('agent'), agentName: actor.name };
    const rows = await this.database.query<(ConversationRow & { at: string })[]>(...inboxQuestion(filter));
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    return {
      conversations: page.map(toConversationView),
      next: rows.length > query.limit && last ? cursorOf(last.at, last.id) : null,
    };
  }

  async counts(assistant: string | undefined, actor: Actor): Promise<z.infer<typeof inboxCountsSchema>> {
    const of = actor.assistantIds('agent');
    const [row] = await this.database.query<z.infer<typeof inboxCountsSchema>[]>(
      `SELECT count(*) FILTER (WHERE c.handover = 'waiting')::int AS "needsHuman",
          count(*) FILTER (WHERE c.handover = 'agent' AND c.agent_name = $1)::int AS mine
        FROM conversations c JOIN assistants a ON a.id = c.assistant_id
        WHERE c.handover <> 'bot' AND ($2::uuid[] IS NULL OR a.id = ANY($2)) AND ($3::text IS NULL OR a.slug = $3)`,
      [actor.name, of === 'all' ? null : of, assistant ?? null],
    );
    return row ?? { needsHuman: 0, mine: 0 };
  }

  /** Each word as the beginning of a word. Made by Postgres, so that what a word is, is the index's view of it. */
  private async searchOf(q: string): Promise<InboxFilter['search'] | 'nothing'> {
    if (q === '') return undefined;
    if (ID.test(q)) return { id: q };
    const [row] = await this.database.query<{ words: string | null }[]>(
      `SELECT to_tsquery('simple', string_agg(quote_literal(word) || ':*', ' & '))::text AS words
        FROM unnest(tsvector_to_array(${wordsSql('$1')})) AS word`,
      [q],
    );
    return row?.words ? { words: row.words } : 'nothing';
  }
}
