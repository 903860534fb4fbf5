// A message of a conversation. An assistant's answer records exactly what wrote it.
import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

export type MessageRole = 'customer' | 'assistant' | 'agent';
/** `writing` becomes one of the others; a restart turns what was left `writing` into `interrupted`. */
export type MessageStatus = 'writing' | 'complete' | 'stopped' | 'failed' | 'interrupted';

/** Tokens read and written for one answer. */
export interface TokenUsage {
  promptTokens: number;
  completionTokens: number;
}

@Entity('messages')
@Unique('messages_seq', ['conversationId', 'seq'])
@Unique('messages_client_id', ['conversationId', 'clientMessageId'])
export class Message {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'conversation_id' })
  conversationId!: string;

  @Column('int')
  seq!: number;

  @Column('text')
  role!: MessageRole;

  @Column('text')
  text!: string;

  @Column('text')
  status!: MessageStatus;

  /** The client's own id of a customer message: a repeated send finds the first one. */
  @Column('uuid', { name: 'client_message_id', nullable: true })
  clientMessageId!: string | null;

  /** The customer message that an answer answers. */
  @Column('uuid', { name: 'reply_to_id', nullable: true })
  replyToId!: string | null;

  @Column('int', { name: 'adapter_version', nullable: true })
  adapterVersion!: number | null;

  @Column('int', { name: 'prompt_version', nullable: true })
  promptVersion!: number | null;

  @Column('text', { name: 'finish_reason', nullable: true })
  finishReason!: string | null;

  @Column('jsonb', { nullable: true })
  usage!: TokenUsage | null;

  @Column('int', { name: 'latency_ms', nullable: true })
  latencyMs!: number | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
