// The audit of the champion pointer: every promotion and rollback, who, why. Append-only, written in the pointer's own transaction.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';

export type DeploymentAction = 'promote' | 'rollback';

@Entity('deployments')
@Check('deployments_action', "action IN ('promote', 'rollback')")
@Index('deployments_by_assistant', ['assistantId', 'id'])
export class Deployment {
  @PrimaryGeneratedColumn('increment', { type: 'bigint' })
  id!: string;

  @ForeignKey(() => Assistant, { name: 'deployments_assistant', onDelete: 'RESTRICT' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @Column('text')
  action!: DeploymentAction;

  @Column('int', { name: 'from_version' })
  fromVersion!: number;

  @Column('int', { name: 'to_version' })
  toVersion!: number;

  @Column('text')
  actor!: string;

  @Column('text')
  reason!: string;

  @Column('jsonb', { nullable: true })
  evidence!: Record<string, unknown> | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
