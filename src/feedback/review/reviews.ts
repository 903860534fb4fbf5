// The queue of answers to be looked at: lists them, and lets one agent at a time work on one. A lease runs out by itself, so whoever
// closes the laptop holds nobody up.
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../../access/audit/record-audit.js';
import {
  ReviewItem,
  type ReviewCause,
  type ReviewDraft,
  type ReviewState,
} from '../../database/entities/review-item.entity.js';
import { FeedbackError } from '../feedback-error.js';
import type { ReviewFields, ReviewView } from './reviews.schema.js';

/** Renewed whenever the agent does something. */
const LEASE_MS = 5 * 60_000;

export interface ReviewFilter {
  /** Ids of the assistants that may be shown. */
  of: 'all' | string[];
  /** Slug. */
  assistant?: string;
  state: 'open' | 'submitted' | 'discarded';
  /** Id of the last item of the page before. */
  before?: string;
  limit: number;
}

interface Row {
  message_id: string;
  slug: string;
  conversation_id: string;
  causes: ReviewCause[];
  score: number;
  state: ReviewState;
  lease_holder: string | null;
  lease_until: Date | null;
  question: string | null;
  answer: string;
  adapter_version: number | null;
  draft: ReviewDraft | null;
  correction_id: string | null;
  decided_by: string | null;
  decided_at: Date | null;
  flagged_at: Date;
}

const SHOWN =
  '($1::uuid[] IS NULL OR assistant_id = ANY($1)) AND ($2::text IS NULL OR assistant_id = (SELECT id FROM assistants WHERE slug = $2))';
const PLACE = { open: ['score', 'flagged_at', 'message_id'], decided: ['decided_at', 'message_id'] };

/** The texts are looked up for the items of a page only: `items` chooses them. */
const selected = (
  items: string,
) => `SELECT r.*, a.slug, m.conversation_id, m.text AS answer, m.adapter_version, q.text AS question
  FROM (${items}) r JOIN assistants a ON a.id = r.assistant_id JOIN messages m ON m.id = r.message_id
    LEFT JOIN messages q ON q.id = m.reply_to_id`;

@Injectable()
export class Reviews {
  constructor(private readonly database: DataSource) {}

  async list({ of, assistant, state, before, limit }: ReviewFilter): Promise<ReviewView[]> {
    const place = state === 'open' ? PLACE.open : PLACE.decided;
    const where = state === 'open' ? "state IN ('pending', 'draft')" : `state = '${state}' AND decided_at IS NOT NULL`;
    const order = (of: string) => place.map((column) => `${of}${column} DESC`).join(', ');
    const page = `($3::uuid IS NULL OR (${place.join(', ')}) < (SELECT ${place.join(', ')} FROM review_items WHERE message_id = $3))`;
    const items = `SELECT * FROM review_items WHERE ${SHOWN} AND ${where} AND ${page} ORDER BY ${order('')} LIMIT $4`;
    const rows = await this.database.query<Row[]>(`${selected(items)} ORDER BY ${order('r.')}`, [
      ...[of === 'all' ? null : of, assistant ?? null, before ?? null, limit],
    ]);
    return rows.map(toView);
  }

  /** How many there are in each state. */
  async counts({ of, assistant }: Pick<ReviewFilter, 'of' | 'assistant'>): Promise<Record<ReviewState, number>> {
    const rows = await this.database.query<{ state: ReviewState; count: number }[]>(
      `SELECT state, count(*)::int AS count FROM review_items WHERE ${SHOWN} GROUP BY 1`,
      [of === 'all' ? null : of, assistant ?? null],
    );
    const none = { pending: 0, draft: 0, submitted: 0, discarded: 0 };
    return { ...none, ...Object.fromEntries(rows.map(({ state, count }) => [state, count])) };
  }

  /** @throws FeedbackError `feedback.review_unknown` */
  async show(id: string): Promise<ReviewView> {
    const item = 'SELECT * FROM review_items WHERE message_id = $1';
    const [row] = await this.database.query<Row[]>(selected(item), [id]);
    if (!row) throw unknownReview();
    return toView(row);
  }

  /**
   * Takes an open item for five minutes, or keeps it for five more.
   * @throws FeedbackError `feedback.review_unknown`, `feedback.review_decided`, `feedback.review_taken`
   */
  async lease(id: string, agent: string): Promise<ReviewView> {
    await this.database.transaction(async (manager) => {
      const item = await openItem(manager, id);
      const isFree = !holderOf(item);
      if (!isFree && item.leaseHolder !== agent) throw taken(item);
      await manager.update(ReviewItem, id, leaseOf(agent));
      // Keeping it is no news.
      if (isFree) await recordReview(manager, item, { agent, action: 'review.lease' });
    });
    return this.show(id);
  }

  /** Lets go of an item; nothing happens where another agent holds it. @throws FeedbackError `feedback.review_unknown` */
  async release(id: string, agent: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const item = await lockItem(manager, id);
      if (holderOf(item) !== agent) return;
      await manager.update(ReviewItem, id, { leaseHolder: null, leaseUntil: null });
      await recordReview(manager, item, { agent, action: 'review.release' });
    });
  }

  /**
   * Keeps what the holder has said so far.
   * @throws FeedbackError `feedback.review_unknown`, `feedback.review_decided`, `feedback.review_not_held`
   */
  async keepDraft(id: string, agent: string, draft: ReviewFields): Promise<ReviewView> {
    await this.database.transaction(async (manager) => {
      const item = await heldItem(manager, id, agent);
      await manager.update(ReviewItem, id, { state: 'draft', draft, ...leaseOf(agent) });
      // Later drafts are the same work; what comes of it is recorded.
      if (item.state !== 'draft') await recordReview(manager, item, { agent, action: 'review.draft' });
    });
    return this.show(id);
  }
}

/** The item, locked until the transaction's end. @throws FeedbackError `feedback.review_unknown` */
export async function lockItem(manager: EntityManager, messageId: string): Promise<ReviewItem> {
  const item = await manager.findOne(ReviewItem, { where: { messageId }, lock: { mode: 'pessimistic_write' } });
  if (!item) throw unknownReview();
  return item;
}

/** The same for one that the agent holds. @throws FeedbackError `feedback.review_decided`, `feedback.review_not_held` */
export async function heldItem(manager: EntityManager, messageId: string, agent: string): Promise<ReviewItem> {
  const item = await openItem(manager, messageId);
  if (holderOf(item) === agent) return item;
  if (holderOf(item)) throw taken(item);
  throw new FeedbackError(
    'feedback.review_not_held',
    'Your lease of this item has run out: take it again.',
    'conflict',
  );
}

export function recordReview(
  manager: EntityManager,
  { messageId, assistantId, state }: ReviewItem,
  { agent, action, after, reason }: { agent: string; action: string; after?: object; reason?: string },
): Promise<void> {
  const target = { kind: 'review', id: messageId };
  return recordAudit(manager, { actor: agent, action, assistantId, target, before: { state }, after, reason });
}

export const leaseOf = (agent: string) => ({ leaseHolder: agent, leaseUntil: new Date(Date.now() + LEASE_MS) });

async function openItem(manager: EntityManager, messageId: string): Promise<ReviewItem> {
  const item = await lockItem(manager, messageId);
  if (item.decidedBy === null) return item;
  const sentence = `${item.decidedBy} has ${item.state} this item already.`;
  throw new FeedbackError('feedback.review_decided', sentence, 'conflict');
}

function holderOf({ leaseHolder, leaseUntil }: Pick<ReviewItem, 'leaseHolder' | 'leaseUntil'>): string | undefined {
  return leaseHolder !== null && leaseUntil !== null && leaseUntil.getTime() > Date.now() ? leaseHolder : undefined;
}

const unknownReview = () => new FeedbackError('feedback.review_unknown', 'There is no such review item.', 'notFound');

const taken = ({ leaseHolder }: ReviewItem) =>
  new FeedbackError('feedback.review_taken', `${leaseHolder} is working on this item.`, 'conflict');

function toView(row: Row): ReviewView {
  const { causes, score, state, question, answer, draft } = row;
  const lease = { leaseHolder: row.lease_holder, leaseUntil: row.lease_until };
  const holder = holderOf(lease);
  return {
    ...{ id: row.message_id, assistant: row.slug, conversationId: row.conversation_id },
    ...{ causes, score, state, question, answer, draft, adapterVersion: row.adapter_version },
    lease: holder && row.lease_until ? { holder, until: row.lease_until.toISOString() } : null,
    ...{ correctionId: row.correction_id, decidedBy: row.decided_by },
    decidedAt: row.decided_at?.toISOString() ?? null,
    flaggedAt: row.flagged_at.toISOString(),
  };
}
