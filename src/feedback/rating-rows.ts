// Thumbs in the database; always inside the caller's transaction, before the intake looks.
import type { EntityManager } from 'typeorm';
import { recordAudit } from '../access/audit/record-audit.js';
import { Rating, type RaterKind, type RatingValue } from '../database/entities/rating.entity.js';
import type { RatedAnswer } from './rated-answer.js';

export interface RatingRequest {
  messageId: string;
  raterKind: RaterKind;
  /** Conversation id of an anonymous customer, user name of an agent. */
  raterId: string;
  value: RatingValue | null;
  reasons?: string[];
  note?: string;
  /** If given, the message must belong to this conversation. */
  conversationId?: string;
}

/** Sets, changes or (with null) takes back a rating. @returns the rating as it is now; null when there is none any more */
export async function writeRating(manager: EntityManager, request: RatingRequest): Promise<Rating | null> {
  const { messageId, raterKind, raterId, value, reasons = [], note = null } = request;
  const key = { messageId, raterKind, raterId };
  if (value === null) {
    await manager.delete(Rating, key);
    return null;
  }
  // Two sends at once end in one row.
  const rating = { ...key, value, reasons, note: note || null, updatedAt: () => 'now()' };
  await manager.upsert(Rating, rating, ['messageId', 'raterKind', 'raterId']);
  return manager.findOneByOrFail(Rating, key);
}

/** For agents' ratings: a customer's is no write of somebody who works here. */
export function recordRating(
  manager: EntityManager,
  { messageId, raterId, value, reasons = [] }: RatingRequest,
  { conversation: { assistantId } }: RatedAnswer,
): Promise<void> {
  const target = { kind: 'message', id: messageId };
  return recordAudit(manager, { actor: raterId, action: 'rating.set', assistantId, target, after: { value, reasons } });
}
