// Thumbs on answers: one a rater and message, changed in place, taken back with null.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Rating } from '../database/entities/rating.entity.js';
import { ExampleEvents } from './example-events.js';
import { FeedbackError } from './feedback-error.js';
import { Intake } from './intake.js';
import { findAnswer, type RatedAnswer } from './rated-answer.js';
import { RatingEvents } from './rating-events.js';
import { recordRating, writeRating, type RatingRequest } from './rating-rows.js';

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
      const rating = await writeRating(manager, request);
      if (request.raterKind === 'agent') await recordRating(manager, request, answer);
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
