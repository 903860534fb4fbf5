// What the agents' list looks at beside a conversation's own row. Triggers keep it: who ends an answer or rates one must not wait for that row.
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Conversation } from './conversation.entity.js';
import type { RatingValue } from './rating.entity.js';

@Entity('conversation_facts')
@Check('conversation_facts_last_rating', "last_rating IN ('up', 'down')")
@Index('conversation_facts_by_version', ['lastVersion'], { where: 'last_version IS NOT NULL' })
@Index('conversation_facts_by_rating', ['lastRating'], { where: 'last_rating IS NOT NULL' })
export class ConversationFacts {
  @ForeignKey(() => Conversation, { name: 'conversation_facts_conversation', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'conversation_id' })
  conversationId!: string;

  /** The adapter version of the newest answer. */
  @Column('int', { name: 'last_version', nullable: true })
  lastVersion!: number | null;

  /** The customer's newest thumb. */
  @Column('text', { name: 'last_rating', nullable: true })
  lastRating!: RatingValue | null;
}
