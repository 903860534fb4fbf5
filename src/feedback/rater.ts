// Who rates over REST: an agent with a token, or the customer who holds the conversation's token.
import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor.js';
import { FeedbackError } from './feedback-error.js';
import { findAnswer } from './rated-answer.js';
import type { RatingRequest } from './rating-rows.js';

@Injectable()
export class Raters {
  constructor(private readonly database: DataSource) {}

  /**
   * @param conversationToken what the widget was given in `session`
   * @throws FeedbackError `feedback.rater_unknown` without either token, `feedback.foreign_message` when it is another conversation's
   */
  async identify(
    messageId: string,
    actor: Actor | undefined,
    conversationToken: string | undefined,
  ): Promise<Pick<RatingRequest, 'raterKind' | 'raterId' | 'conversationId'>> {
    if (actor) return { raterKind: 'agent', raterId: actor.name };
    if (!conversationToken) {
      const advice = "Send an agent's token (Authorization) or the conversation's (X-Conversation-Token).";
      throw new FeedbackError('feedback.rater_unknown', advice, 'unauthenticated');
    }
    const { conversation } = await findAnswer(this.database.manager, messageId);
    if (!isTokenOf(conversation.tokenHash, conversationToken)) {
      throw new FeedbackError('feedback.foreign_message', 'This message belongs to another conversation.', 'notFound');
    }
    return { raterKind: 'customer', raterId: conversation.id, conversationId: conversation.id };
  }
}

function isTokenOf(tokenHash: string, token: string): boolean {
  const presented = createHash('sha256').update(token).digest();
  const expected = Buffer.from(tokenHash, 'hex');
  return presented.length === expected.length && timingSafeEqual(presented, expected);
}
