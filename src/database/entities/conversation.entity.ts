// A conversation between one customer and one assistant; held by an unguessable token, of which only the hash is stored.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';

export type HandoverState = 'bot' | 'waiting' | 'agent';

@Entity('conversations')
@Check('conversations_handover', "handover IN ('bot', 'waiting', 'agent')")
@Index('conversations_by_assistant', ['assistantId', 'createdAt'])
@Index('conversations_by_customer', ['customerId'])
export class Conversation {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey(() => Assistant, { name: 'conversations_assistant', onDelete: 'RESTRICT' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  /** Whose it is. An anonymous customer is their conversation: its own id, filled in by a trigger where nothing is said. */
  @Column('text', { name: 'customer_id' })
  customerId!: string;

  /** SHA-256 of the conversation's token, hexadecimal. */
  @Column('text', { name: 'token_hash' })
  tokenHash!: string;

  @Column('text', { default: 'bot' })
  handover!: HandoverState;

  /** Highest `seq` given out so far; the next message takes lastSeq + 1 under a row lock. */
  @Column('int', { name: 'last_seq', default: 0 })
  lastSeq!: number;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
