// Looks conversations up for agents: who waits, who is being answered by whom, what was said last.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { HandoverState } from '../database/entities/conversation.entity.js';
import { HandoverChange } from '../database/entities/handover-change.entity.js';
import type { MessageRole } from '../database/entities/message.entity.js';
import type { RatingValue } from '../database/entities/rating.entity.js';
import { ConversationsError } from './conversations-error.js';
import type { ConversationView } from './conversations.schema.js';

const PREVIEW_CHARS = 200;
const CHANGES_SHOWN_MAX = 100;

export interface ConversationRow {
  id: string;
  slug: string;
  customer_id: string;
  handover: HandoverState;
  agent_name: string | null;
  handover_at: Date | null;
  locale: string | null;
  created_at: Date;
  closed_at: Date | null;
  closed_by: string | null;
  last_version: number | null;
  last_rating: RatingValue | null;
  seq: number | null;
  role: MessageRole;
  text: string;
  said_at: Date;
}

/** Who has waited longest comes first; otherwise what is newest. */
const ORDER: Record<HandoverState | 'any', string> = {
  waiting: 'c.handover_at ASC',
  agent: 'c.handover_at DESC',
  bot: 'c.created_at DESC',
  any: 'c.created_at DESC',
};

/** Whatever is told of a conversation; the last message is the last one that says something. */
export const CONVERSATION_ROWS = `SELECT c.id, a.slug, c.customer_id, c.handover, c.agent_name, c.handover_at, c.locale, c.created_at,
    c.closed_at, c.closed_by, f.last_version, f.last_rating, m.seq, m.role, m.text, m.said_at
  FROM conversations c JOIN assistants a ON a.id = c.assistant_id
    LEFT JOIN conversation_facts f ON f.conversation_id = c.id
    LEFT JOIN LATERAL (SELECT seq, role, left(text, ${PREVIEW_CHARS}) AS text, created_at AS said_at FROM messages
      WHERE conversation_id = c.id AND text <> '' ORDER BY seq DESC LIMIT 1) m ON true`;

@Injectable()
export class ConversationList {
  constructor(private readonly database: DataSource) {}

  /** Conversations in which something was said. @param filter `of`: ids of the assistants that may be shown */
  async list(filter: {
    state?: HandoverState;
    assistant?: string;
    of: 'all' | string[];
    limit: number;
  }): Promise<ConversationView[]> {
    const { state, assistant, of, limit } = filter;
    const rows = await this.database.query<ConversationRow[]>(
      `${CONVERSATION_ROWS} WHERE (c.last_seq > 0 OR c.handover <> 'bot')
          AND ($1::text IS NULL OR c.handover = $1) AND ($2::text IS NULL OR a.slug = $2)
          AND ($4::uuid[] IS NULL OR c.assistant_id = ANY($4))
        ORDER BY ${ORDER[state ?? 'any']}, c.id LIMIT $3`,
      [state ?? null, assistant ?? null, limit, of === 'all' ? null : of],
    );
    return rows.map(toConversationView);
  }

  /** @throws ConversationsError `conversation.unknown` */
  async show(id: string): Promise<ConversationView> {
    const [row] = await this.database.query<ConversationRow[]>(`${CONVERSATION_ROWS} WHERE c.id = $1`, [id]);
    if (row) return toConversationView(row);
    throw new ConversationsError('conversation.unknown', 'There is no such conversation.');
  }

  /** Who answered it, newest first, at most 100. */
  changes(conversationId: string): Promise<HandoverChange[]> {
    const newest = { order: { id: 'DESC' }, take: CHANGES_SHOWN_MAX } as const;
    return this.database.manager.find(HandoverChange, { where: { conversationId }, ...newest });
  }
}

export function toConversationView(row: ConversationRow): ConversationView {
  const { id, slug, customer_id, handover, agent_name, handover_at, locale, created_at, seq, role, text, said_at } =
    row;
  return {
    ...{ id, assistant: slug, customerId: customer_id, identified: customer_id !== id },
    ...{ state: handover, agentName: agent_name, stateSince: handover_at?.toISOString() ?? null, locale },
    lastMessage: seq === null ? null : { seq, role, text, createdAt: said_at.toISOString() },
    waitingSince: waitingSince(row)?.toISOString() ?? null,
    ...{ lastVersion: row.last_version, lastRating: row.last_rating },
    ...{ closedAt: row.closed_at?.toISOString() ?? null, closedBy: row.closed_by },
    createdAt: created_at.toISOString(),
  };
}

/** Since when a person waits for a person. */
function waitingSince({ handover, handover_at, role, said_at }: ConversationRow): Date | null {
  if (handover === 'waiting') return handover_at;
  return handover === 'agent' && role === 'customer' ? said_at : null;
}
