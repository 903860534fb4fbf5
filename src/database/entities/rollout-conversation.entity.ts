// One conversation of a rollout: which arm it was drawn into and with what probability, and what was seen of it. Each number is
// written once and then stands, so that whoever computes the evidence again gets the same.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Conversation } from './conversation.entity.js';
import { Rollout } from './rollout.entity.js';

export type Arm = 'canary' | 'control';

@Entity('rollout_conversations')
@Check('rollout_conversations_arm', "arm IN ('canary', 'control')")
@Check('rollout_conversations_score', 'score BETWEEN 0 AND 1')
@Index('rollout_conversations_by_conversation', ['conversationId'])
@Unique('rollout_conversations_once', ['rolloutId', 'conversationId'])
export class RolloutConversation {
  @PrimaryGeneratedColumn('increment', { type: 'bigint' })
  id!: string;

  @ForeignKey(() => Rollout, { name: 'rollout_conversations_rollout', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'rollout_id' })
  rolloutId!: string;

  /** Null once the conversation was erased: the numbers below name nobody. */
  @ForeignKey(() => Conversation, { name: 'rollout_conversations_conversation', onDelete: 'SET NULL' })
  @Column('uuid', { name: 'conversation_id', nullable: true })
  conversationId!: string | null;

  @Column('text')
  arm!: Arm;

  /** Probability with which it was drawn into the canary's arm. */
  @Column('real')
  share!: number;

  @CreateDateColumn({ type: 'timestamptz', name: 'assigned_at' })
  assignedAt!: Date;

  /** Whether its first answer failed or was empty; null until that is known. */
  @Column('boolean', { nullable: true })
  failed!: boolean | null;

  /** Of its first answer, when that was whole. */
  @Column('int', { name: 'latency_ms', nullable: true })
  latencyMs!: number | null;

  /** When `failed` was written. */
  @Column('timestamptz', { name: 'answered_at', nullable: true })
  answeredAt!: Date | null;

  /** Mean of the customer's thumbs, 👎 0 and 👍 1, once they had settled. */
  @Column('real', { nullable: true })
  score!: number | null;

  @Column('timestamptz', { name: 'scored_at', nullable: true })
  scoredAt!: Date | null;
}
