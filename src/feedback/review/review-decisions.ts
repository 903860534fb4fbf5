// What an agent decides about an item of the review queue. Thumb, correction, example and the item's state are one transaction, and so is
// taking all of it back.
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Correction } from '../../database/entities/correction.entity.js';
import { Rating } from '../../database/entities/rating.entity.js';
import { ReviewItem } from '../../database/entities/review-item.entity.js';
import { CorrectionEvents } from '../correction-events.js';
import { takeOut, write as writeCorrection } from '../correction-rows.js';
import { ExampleEvents } from '../example-events.js';
import { FeedbackError } from '../feedback-error.js';
import { Intake } from '../intake.js';
import { findAnswer, type RatedAnswer } from '../rated-answer.js';
import { RatingEvents } from '../rating-events.js';
import { recordRating, writeRating } from '../rating-rows.js';
import { heldItem, leaseOf, lockItem, recordReview } from './reviews.js';
import type { ReviewFields } from './reviews.schema.js';

/** An item, and who decides about it. */
interface Decision {
  id: string;
  agent: string;
}

/** What others in this process are told after the commit. */
interface News {
  answer: RatedAnswer;
  /** To be remembered. */
  correction?: Correction;
  exampleId?: string;
  rated: boolean;
}

@Injectable()
export class ReviewDecisions {
  constructor(
    private readonly database: DataSource,
    private readonly intake: Intake,
    private readonly examples: ExampleEvents,
    private readonly ratings: RatingEvents,
    private readonly corrections: CorrectionEvents,
  ) {}

  /**
   * Says whether the answer was good and what it should have been; the agent must hold the item.
   * @throws FeedbackError `feedback.nothing_said`, those of `heldItem` and `findAnswer`
   */
  async submit({ id, agent }: Decision, fields: ReviewFields): Promise<void> {
    const news = await this.database.transaction(async (manager): Promise<News> => {
      // The message first: erasing a customer locks it before what hangs on it.
      const answer = await findAnswer(manager, id, true);
      const item = await heldItem(manager, id, agent);
      const { correction, rated } = await say(manager, answer, agent, fields);
      const example = await this.intake.take(manager, answer);
      const decided = { decidedBy: agent, decidedAt: new Date(), leaseHolder: null, leaseUntil: null };
      const correctionId = correction?.id ?? null;
      await manager.update(ReviewItem, id, { ...decided, state: 'submitted', draft: fields, correctionId, rated });
      const after = { state: 'submitted', value: fields.value, corrected: correction !== undefined };
      await recordReview(manager, item, { agent, action: 'review.submit', after });
      return { answer, correction, exampleId: example?.id, rated };
    });
    this.announce(news);
  }

  /** Puts an item aside that needs nothing; the agent must hold it. @throws FeedbackError those of `heldItem` */
  async discard({ id, agent }: Decision, reason: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const item = await heldItem(manager, id, agent);
      const decided = { decidedBy: agent, decidedAt: new Date(), leaseHolder: null, leaseUntil: null };
      await manager.update(ReviewItem, id, { ...decided, state: 'discarded' });
      await recordReview(manager, item, { agent, action: 'review.discard', after: { state: 'discarded' }, reason });
    });
  }

  /**
   * Takes a decision back, with its thumb and its correction; the item is the agent's, with what was decided as its draft.
   * @throws FeedbackError `feedback.review_unknown`, `feedback.review_open`, `feedback.already_learnt`
   */
  async undo({ id, agent }: Decision): Promise<void> {
    const news = await this.database.transaction(async (manager): Promise<News> => {
      const answer = await findAnswer(manager, id, true);
      const item = await lockItem(manager, id);
      const { decidedBy, correctionId, rated, draft } = item;
      if (decidedBy === null) throw new FeedbackError('feedback.review_open', 'Nothing was decided yet.', 'conflict');
      const { earlier } = correctionId ? await takeOut(manager, correctionId, agent) : {};
      if (rated) await manager.delete(Rating, { messageId: id, raterKind: 'agent', raterId: decidedBy });
      const example = correctionId || rated ? await this.intake.take(manager, answer) : undefined;
      const open = { decidedBy: null, decidedAt: null, correctionId: null, rated: false, ...leaseOf(agent) };
      const state = draft ? 'draft' : 'pending';
      await manager.update(ReviewItem, id, { ...open, state });
      await recordReview(manager, item, { agent, action: 'review.undo', after: { state } });
      return { answer, correction: earlier, exampleId: example?.id, rated };
    });
    this.announce(news);
  }

  private announce({ answer: { message, conversation }, correction, exampleId, rated }: News): void {
    const { assistantId } = conversation;
    const messageId = message.id;
    if (rated) this.ratings.changed$.next({ assistantId, messageId });
    if (correction) this.corrections.made$.next({ correctionId: correction.id, assistantId, messageId });
    if (exampleId) this.examples.added$.next({ assistantId, exampleId });
  }
}

/** Writes the thumb and, where the text differs from what was shown, the correction. */
async function say(
  manager: EntityManager,
  answer: RatedAnswer,
  agent: string,
  { value, reasons, note, text, slice, useForTraining }: ReviewFields,
): Promise<{ correction: Correction | undefined; rated: boolean }> {
  const messageId = answer.message.id;
  const corrected = text !== null && text !== answer.message.text.trim() ? text : undefined;
  if (value === null && corrected === undefined) {
    const sentence = 'Say whether the answer was good, or what it should have been.';
    throw new FeedbackError('feedback.nothing_said', sentence, 'invalid');
  }
  if (value !== null) {
    const rating = { messageId, raterKind: 'agent' as const, raterId: agent, value, reasons, note: note ?? undefined };
    await writeRating(manager, rating);
    await recordRating(manager, rating, answer);
  }
  const request = { messageId, agentId: agent, slice, useForTraining };
  const correction =
    corrected === undefined ? undefined : await writeCorrection(manager, answer, { ...request, text: corrected });
  return { correction, rated: value !== null };
}
