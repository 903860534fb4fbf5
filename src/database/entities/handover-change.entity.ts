// Who answers a conversation, and since when: every move between the assistant, waiting and an agent. Append-only, written in the
// move's own transaction; goes with the conversation when its customer is erased.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Conversation, type HandoverState } from './conversation.entity.js';

/** `thumbs`: the customer's thumbs down asked for a person. `close`: it is over; `reopen`: it isn't, in an agent's view. */
export const HANDOVER_CAUSES = ['request', 'thumbs', 'cancel', 'take_over', 'hand_back', 'close', 'reopen'] as const;
export type HandoverCause = (typeof HANDOVER_CAUSES)[number];

@Entity('handover_changes')
@Check('handover_changes_cause', `cause IN (${HANDOVER_CAUSES.map((cause) => `'${cause}'`).join(', ')})`)
@Index('handover_changes_by_conversation', ['conversationId', 'id'])
export class HandoverChange {
  @PrimaryGeneratedColumn('increment', { type: 'bigint' })
  id!: string;

  @ForeignKey(() => Conversation, { name: 'handover_changes_conversation', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'conversation_id' })
  conversationId!: string;

  @Column('text')
  cause!: HandoverCause;

  @Column('text', { name: 'from_state' })
  fromState!: HandoverState;

  @Column('text', { name: 'to_state' })
  toState!: HandoverState;

  /** The agent's name, else `customer`. */
  @Column('text')
  actor!: string;

  @Column('text', { default: '' })
  reason!: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
