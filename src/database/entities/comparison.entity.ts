// Two versions' answers to one question, side by side, for an agent who doesn't know which is whose; and the vote.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';
import { Message } from './message.entity.js';

/** `same`: nobody was asked, for the versions answered alike. */
const VOTES = ['a', 'b', 'both', 'neither', 'same'] as const;
export type Vote = (typeof VOTES)[number];

@Entity('comparisons')
@Check('comparisons_vote', `vote IN (${VOTES.map((vote) => `'${vote}'`).join(', ')})`)
@Check('comparisons_voted', '(vote IS NULL) = (voted_at IS NULL) AND (vote IS NULL) = (voted_by IS NULL)')
@Check('comparisons_two_versions', 'a_version <> b_version')
@Index('comparisons_by_message', ['messageId', 'votedAt'])
@Index('comparisons_by_assistant', ['assistantId', 'votedAt', 'id'])
export class Comparison {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey(() => Assistant, { name: 'comparisons_assistant', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  /** The answer whose question was asked again. */
  @ForeignKey(() => Message, { name: 'comparisons_message', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'message_id' })
  messageId!: string;

  /** Which version is A was drawn by lot. */
  @Column('int', { name: 'a_version' })
  aVersion!: number;

  @Column('int', { name: 'b_version' })
  bVersion!: number;

  @Column('text', { name: 'a_text' })
  aText!: string;

  @Column('text', { name: 'b_text' })
  bText!: string;

  @Column('text', { nullable: true })
  vote!: Vote | null;

  @Column('text', { name: 'voted_by', nullable: true })
  votedBy!: string | null;

  @Column('timestamptz', { name: 'voted_at', nullable: true })
  votedAt!: Date | null;

  @Column('boolean', { name: 'use_for_training', default: true })
  useForTraining!: boolean;

  /** Whom it is shown to. */
  @Column('text', { name: 'made_for' })
  madeFor!: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
