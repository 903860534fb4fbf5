// A message of a conversation. An assistant's answer records exactly what wrote it.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Conversation } from './conversation.entity.js';

export type MessageRole = 'customer' | 'assistant' | 'agent';
/** `writing` becomes one of the others; a restart turns what was left `writing` into `interrupted`. */
export type MessageStatus = 'writing' | 'complete' | 'stopped' | 'failed' | 'interrupted';

/** Tokens read and written for one answer. */
export interface TokenUsage {
  promptTokens: number;
  completionTokens: number;
}

/** A memory entry that an answer used: as it stands, or as a worked example in the prompt. `score` is the cosine, at most 1. */
export interface MemoryHit {
  entryId: string;
  score: number;
  use: 'verbatim' | 'few-shot';
}

@Entity('messages')
@Check('messages_role', "role IN ('customer', 'assistant', 'agent')")
@Check('messages_status', "status IN ('writing', 'complete', 'stopped', 'failed', 'interrupted')")
@Check('messages_seq_from_one', 'seq >= 1')
@Index('messages_by_reply', ['replyToId'])
@Index('messages_words', { synchronize: false })
@Index('messages_writing', ['status'], { where: "status = 'writing'" })
@Unique('messages_seq', ['conversationId', 'seq'])
@Unique('messages_client_id', ['conversationId', 'clientMessageId'])
export class Message {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey(() => Conversation, { name: 'messages_conversation', onDelete: 'CASCADE' })
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

  /** Who wrote an agent's message. */
  @Column('text', { name: 'agent_name', nullable: true })
  agentName!: string | null;

  /** The customer message that an answer answers. */
  @ForeignKey(() => Message, { name: 'messages_reply_to', onDelete: 'SET NULL' })
  @Column('uuid', { name: 'reply_to_id', nullable: true })
  replyToId!: string | null;

  @Column('int', { name: 'adapter_version', nullable: true })
  adapterVersion!: number | null;

  @Column('int', { name: 'prompt_version', nullable: true })
  promptVersion!: number | null;

  /** `seq` from which on the conversation was shown to the model: what was before had no room in the window. */
  @Column('int', { name: 'prompt_from_seq', nullable: true })
  promptFromSeq!: number | null;

  @Column('text', { name: 'finish_reason', nullable: true })
  finishReason!: string | null;

  @Column('jsonb', { nullable: true })
  usage!: TokenUsage | null;

  /** Memory entries that the answer used; null for none. */
  @Column('jsonb', { name: 'memory_hits', nullable: true })
  memoryHits!: MemoryHit[] | null;

  @Column('int', { name: 'latency_ms', nullable: true })
  latencyMs!: number | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
