// A conversation between one customer and one assistant; held by an unguessable token, of which only the hash is stored.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';

export type HandoverState = 'bot' | 'waiting' | 'agent';

@Entity('conversations')
@Check('conversations_handover', "handover IN ('bot', 'waiting', 'agent')")
@Index('conversations_by_assistant', ['assistantId', 'createdAt'])
@Index('conversations_by_customer', ['customerId'])
@Index('conversations_newest', ['createdAt'])
@Index('conversations_answered_by_bot', ['lastMessageAt', 'id'], {
  where: "handover = 'bot' AND closed_at IS NULL AND last_seq > 0",
})
@Index('conversations_closed', ['closedAt', 'id'], { where: 'closed_at IS NOT NULL' })
@Index('conversations_handed_over', ['handover', 'handoverAt'], { where: "handover <> 'bot'" })
export class Conversation {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey(() => Assistant, { name: 'conversations_assistant', onDelete: 'RESTRICT' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  /**
   * Whose it is. An anonymous customer is their conversation: its own id, filled in by a trigger where nothing is said. One who proved
   * who they are is `<site key>:<sub>`.
   */
  @Column('text', { name: 'customer_id' })
  customerId!: string;

  /** SHA-256 of the conversation's token, hexadecimal; of none that anybody has where the customer proves who they are. */
  @Column('text', { name: 'token_hash' })
  tokenHash!: string;

  @Column('text', { default: 'bot' })
  handover!: HandoverState;

  /** The agent who answers; null unless `handover` is `agent`. */
  @Column('text', { name: 'agent_name', nullable: true })
  agentName!: string | null;

  /** When `handover` last changed. */
  @Column('timestamptz', { name: 'handover_at', nullable: true })
  handoverAt!: Date | null;

  /** The customer's language and country (BCP 47), as their browser said last. */
  @Column('text', { nullable: true })
  locale!: string | null;

  /** Highest `seq` given out so far; the next message takes lastSeq + 1 under a row lock. */
  @Column('int', { name: 'last_seq', default: 0 })
  lastSeq!: number;

  /** When `last_seq` last rose; a trigger says it. Null where nothing was said. */
  @Column('timestamptz', { name: 'last_message_at', nullable: true })
  lastMessageAt!: Date | null;

  /** Over, in an agent's view. Whatever is said opens it again, by a trigger. */
  @Column('timestamptz', { name: 'closed_at', nullable: true })
  closedAt!: Date | null;

  /** The agent who closed it. */
  @Column('text', { name: 'closed_by', nullable: true })
  closedBy!: string | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
