// A conversation between one customer and one assistant; held by an unguessable token, of which only the hash is stored.
import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';

export type HandoverState = 'bot' | 'waiting' | 'agent';

@Entity('conversations')
export class Conversation {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

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
