// An answer that somebody should look at, and how far that is. Triggers make the items (the migration has them): an answer is rated down,
// its customer asks for a person, it said that it doesn't know, or it ran into the limit of its length.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';
import { Correction } from './correction.entity.js';
import { Message } from './message.entity.js';
import type { RatingValue } from './rating.entity.js';

export const REVIEW_STATES = ['pending', 'draft', 'submitted', 'discarded'] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

/** The gravest first; `review_score` in the migration weighs them. */
export const REVIEW_CAUSES = ['rated_down', 'asked_for_person', 'unknown', 'cut_off'] as const;
export type ReviewCause = (typeof REVIEW_CAUSES)[number];

/** What an agent has said so far about the answer. */
export interface ReviewDraft {
  value: RatingValue | null;
  reasons: string[];
  note: string | null;
  /** What the answer should have been; null: nothing was written. */
  text: string | null;
  slice: string | null;
  useForTraining: boolean;
}

@Entity('review_items')
@Check('review_items_state', "state IN ('pending', 'draft', 'submitted', 'discarded')")
@Check('review_items_decided', "(state IN ('submitted', 'discarded')) = (decided_at IS NOT NULL)")
@Check('review_items_lease', '(lease_holder IS NULL) = (lease_until IS NULL)')
@Index('review_items_open', ['assistantId', 'score', 'flaggedAt', 'messageId'], {
  where: "state IN ('pending', 'draft')",
})
@Index('review_items_by_decision', ['assistantId', 'decidedAt', 'messageId'], { where: 'decided_at IS NOT NULL' })
@Index('review_items_by_correction', ['correctionId'])
export class ReviewItem {
  @ForeignKey(() => Message, { name: 'review_items_message', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'message_id' })
  messageId!: string;

  @ForeignKey(() => Assistant, { name: 'review_items_assistant', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  /** Why it is here, words of `REVIEW_CAUSES`. */
  @Column('text', { array: true })
  causes!: ReviewCause[];

  /** The higher, the sooner. */
  @Column('int')
  score!: number;

  @Column('text', { default: 'pending' })
  state!: ReviewState;

  @Column('jsonb', { nullable: true })
  draft!: ReviewDraft | null;

  /** The agent who works on it, until the lease runs out. */
  @Column('text', { name: 'lease_holder', nullable: true })
  leaseHolder!: string | null;

  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil!: Date | null;

  @Column('text', { name: 'decided_by', nullable: true })
  decidedBy!: string | null;

  @Column('timestamptz', { name: 'decided_at', nullable: true })
  decidedAt!: Date | null;

  /** What was made of it, if the answer was corrected. */
  @ForeignKey(() => Correction, { name: 'review_items_correction', onDelete: 'SET NULL' })
  @Column('uuid', { name: 'correction_id', nullable: true })
  correctionId!: string | null;

  /** Whether the decision set the agent's thumb: an undo takes that back. */
  @Column('boolean', { default: false })
  rated!: boolean;

  @CreateDateColumn({ type: 'timestamptz', name: 'flagged_at' })
  flaggedAt!: Date;
}
