// The audit of what answers: every promotion, rollback and change of a rollout, who, why. Append-only, written in the change's own transaction.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';

/** `canary_rollback` is a canary ended for harm. */
export const DEPLOYMENT_ACTIONS = [
  'promote',
  'rollback',
  'canary_start',
  'canary_step',
  'canary_wait',
  'canary_pause',
  'canary_resume',
  'canary_abort',
  'canary_rollback',
] as const;
export type DeploymentAction = (typeof DEPLOYMENT_ACTIONS)[number];

@Entity('deployments')
@Check('deployments_action', `action IN (${DEPLOYMENT_ACTIONS.map((action) => `'${action}'`).join(', ')})`)
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

  /** Of the change itself: in one assistant they rise with the ids. */
  @CreateDateColumn({ type: 'timestamptz', name: 'created_at', default: () => 'clock_timestamp()' })
  createdAt!: Date;
}
