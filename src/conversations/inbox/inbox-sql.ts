// The inbox's question to Postgres: only the clauses that a filter needs, so that the planner sees what it is about, and the page's ids first,
// so that what is shown of a conversation is looked up for one page only.
import { wordsSql } from '../../database/words-sql.js';
import { CONVERSATION_ROWS } from '../conversation-list.js';
import type { InboxPlace, InboxQuery } from './inbox.schema.js';

/** A filter, and for whom it is. */
export interface InboxFilter extends Omit<InboxQuery, 'q'> {
  /** Ids of the assistants that may be shown. */
  of: 'all' | string[];
  agentName: string;
  /** What `q` asks for: a text search (Postgres' `tsquery`), or whoever has this id. */
  search?: { words: string } | { id: string };
}

interface Place {
  where: string;
  /** What the list is in the order of; the indexes are over this and `id`. */
  order: 'handover_at' | 'last_message_at' | 'closed_at';
  direction: 'ASC' | 'DESC';
}

/** `$1` is the agent. */
const PLACES: Record<InboxPlace, Place> = {
  needs_human: { where: `c.handover = 'waiting'`, order: 'handover_at', direction: 'ASC' },
  assistant: {
    where: `c.handover = 'bot' AND c.closed_at IS NULL AND c.last_seq > 0`,
    ...{ order: 'last_message_at', direction: 'DESC' },
  },
  mine: { where: `c.handover = 'agent' AND c.agent_name = $1`, order: 'handover_at', direction: 'DESC' },
  colleagues: { where: `c.handover = 'agent' AND c.agent_name <> $1`, order: 'handover_at', direction: 'DESC' },
  closed: { where: 'c.closed_at IS NOT NULL', order: 'closed_at', direction: 'DESC' },
};

/** @returns the question and its parameters; each row has `at`, the place in the order, beside what the view shows */
export function inboxQuestion(filter: InboxFilter): [sql: string, parameters: unknown[]] {
  const { where, order, direction } = PLACES[filter.place];
  const parameters: unknown[] = [filter.agentName];
  const given = (value: unknown) => `$${parameters.push(value)}`;
  // Every parameter must be used, whichever the place.
  const clauses = [where, '$1::text IS NOT NULL'];
  const { assistant, version, rating, of, search, after } = filter;
  if (of !== 'all') clauses.push(`c.assistant_id = ANY(${given(of)}::uuid[])`);
  if (assistant !== undefined) {
    clauses.push(`c.assistant_id = (SELECT id FROM assistants WHERE slug = ${given(assistant)})`);
  }
  if (version !== undefined) clauses.push(`f.last_version = ${given(version)}`);
  if (rating !== undefined)
    clauses.push(rating === 'none' ? 'f.last_rating IS NULL' : `f.last_rating = ${given(rating)}`);
  if (search && 'id' in search) clauses.push(`c.customer_id = ${given(search.id)}`);
  if (search && 'words' in search) {
    clauses.push(`EXISTS (SELECT FROM messages said WHERE said.conversation_id = c.id
      AND ${wordsSql('said.text')} @@ ${given(search.words)}::tsquery)`);
  }
  if (after) {
    const [at, id] = after.map(given);
    clauses.push(`(c.${order}, c.id) ${direction === 'ASC' ? '>' : '<'} (${at}::timestamptz, ${id}::uuid)`);
  }
  const isJoined = version !== undefined || rating !== undefined;
  const page = `SELECT c.id, c.${order} AS at FROM conversations c
    ${isJoined ? 'LEFT JOIN conversation_facts f ON f.conversation_id = c.id' : ''}
    WHERE ${clauses.join(' AND ')}
    ORDER BY c.${order} ${direction}, c.id ${direction} LIMIT ${given(filter.limit + 1)}`;
  return [
    `WITH page AS MATERIALIZED (${page})
    SELECT page.at::text AS at, shown.* FROM page JOIN LATERAL (${CONVERSATION_ROWS} WHERE c.id = page.id) shown ON true
    ORDER BY page.at ${direction}, page.id ${direction}`,
    parameters,
  ];
}
