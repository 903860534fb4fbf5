// Thumbs on answers: one a rater and message, changed in place, taken back with null.
import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { recordAudit } from '../access/audit/record-audit.js';
import { Rating, type RaterKind, type RatingValue } from '../database/entities/rating.entity.js';
import { ExampleEvents } from './example-events.js';
import { FeedbackError } from './feedback-error.js';
import { Intake } from './intake.js';
import { findAnswer, type RatedAnswer } from './rated-answer.js';
import { RatingEvents } from './rating-events.js';

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

@Injectable()
export class RatingsService {
  constructor(
    private readonly database: DataSource,
    private readonly intake: Intake,
    private readonly events: ExampleEvents,
    private readonly ratings: RatingEvents,
  ) {}

  /**
   * Sets, changes or (with null) takes back a rating, and brings the message's example in step. Idempotent.
   * @returns the rating as it is now; null when there is none any more
   * @throws FeedbackError `feedback.foreign_message`, `feedback.message_unknown`, `feedback.not_an_answer`, `feedback.not_finished`
   */
  async setRating(request: RatingRequest): Promise<Rating | null> {
    const { rating, answer, example } = await this.database.transaction(async (manager) => {
      const answer = await findAnswer(manager, request.messageId, true);
      assertOwn(answer, request.conversationId);
      const rating = await write(manager, request);
      if (request.raterKind === 'agent') await record(manager, request, answer);
      return { rating, answer, example: await this.intake.take(manager, answer) };
    });
    this.ratings.changed$.next({ assistantId: answer.conversation.assistantId, messageId: request.messageId });
    if (example) this.events.added$.next({ assistantId: answer.conversation.assistantId, exampleId: example.id });
    return rating;
  }
}

function assertOwn({ conversation }: RatedAnswer, conversationId: string | undefined): void {
  if (conversationId === undefined || conversation.id === conversationId) return;
  throw new FeedbackError('feedback.foreign_message', 'This message belongs to another conversation.', 'notFound');
}

/** Agents' ratings only: a customer's is no write of somebody who works here. */
function record(manager: EntityManager, request: RatingRequest, { conversation }: RatedAnswer): Promise<void> {
  const { messageId, raterId, value, reasons = [] } = request;
  const target = { kind: 'message', id: messageId };
  const { assistantId } = conversation;
  return recordAudit(manager, { actor: raterId, action: 'rating.set', assistantId, target, after: { value, reasons } });
}

async function write(manager: EntityManager, request: RatingRequest): Promise<Rating | null> {
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
