// Who wrote, changed or deleted a gate's canary. Append-only, written in the change's own transaction.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';

export type CanaryAction = 'create' | 'change' | 'delete';

@Entity('gate_canary_changes')
@Check('gate_canary_changes_action', "action IN ('create', 'change', 'delete')")
@Index('gate_canary_changes_by_assistant', ['assistantId', 'id'])
export class GateCanaryChange {
  @PrimaryGeneratedColumn('increment', { type: 'bigint' })
  id!: string;

  @ForeignKey(() => Assistant, { name: 'gate_canary_changes_assistant', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @Column('uuid', { name: 'canary_id' })
  canaryId!: string;

  @Column('text')
  action!: CanaryAction;

  @Column('text')
  actor!: string;

  @Column('jsonb', { nullable: true })
  before!: Record<string, unknown> | null;

  @Column('jsonb', { nullable: true })
  after!: Record<string, unknown> | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
