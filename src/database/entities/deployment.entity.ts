// The audit of the champion pointer: every promotion and rollback, who, why. Append-only, written in the pointer's own transaction.
import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';

export type DeploymentAction = 'promote' | 'rollback';

@Entity('deployments')
export class Deployment {
  @PrimaryGeneratedColumn('increment', { type: 'bigint' })
  id!: string;

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
