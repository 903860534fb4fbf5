// A thumb on an answer, with reasons and a note; one per message and rater, changed in place.
import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  ForeignKey,
  PrimaryGeneratedColumn,
  Unique,
  UpdateDateColumn,
} from 'typeorm';
import { Message } from './message.entity.js';

export type RatingValue = 'up' | 'down';
export type RaterKind = 'customer' | 'agent';

@Entity('ratings')
@Check('ratings_value', "value IN ('up', 'down')")
@Check('ratings_rater_kind', "rater_kind IN ('customer', 'agent')")
@Unique('ratings_rater', ['messageId', 'raterKind', 'raterId'])
export class Rating {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey(() => Message, { name: 'ratings_message', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'message_id' })
  messageId!: string;

  @Column('text', { name: 'rater_kind' })
  raterKind!: RaterKind;

  /** Conversation id for an anonymous customer, user name for an agent. */
  @Column('text', { name: 'rater_id' })
  raterId!: string;

  @Column('text')
  value!: RatingValue;

  @Column('text', { array: true, default: [] })
  reasons!: string[];

  @Column('text', { nullable: true })
  note!: string | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;
}
