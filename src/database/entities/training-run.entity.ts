// One training run and everything that explains its result.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';

export type RunStatus =
  'queued' | 'preparing' | 'training' | 'evaluating' | 'candidate' | 'rejected' | 'failed' | 'cancelled';
export type RunTrigger = 'cron' | 'threshold' | 'request';

/** Where a run is, for progress bars. */
export interface RunProgress {
  step: number;
  steps: number;
  loss: number | null;
  tokensPerSecond: number | null;
  secondsLeft: number | null;
}

@Entity('training_runs')
@Check(
  'training_runs_status',
  "status IN ('queued', 'preparing', 'training', 'evaluating', 'candidate', 'rejected', 'failed', 'cancelled')",
)
@Check('training_runs_trigger', "trigger IN ('cron', 'threshold', 'request')")
@Index('training_runs_by_assistant', ['assistantId', 'createdAt'])
@Index('training_runs_one_active', ['assistantId'], {
  unique: true,
  where: "status IN ('queued', 'preparing', 'training', 'evaluating')",
})
export class TrainingRun {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey(() => Assistant, { name: 'training_runs_assistant', onDelete: 'RESTRICT' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @Column('text')
  status!: RunStatus;

  @Column('text')
  trigger!: RunTrigger;

  @Column('text', { name: 'requested_by', nullable: true })
  requestedBy!: string | null;

  /** Champion the run started from. */
  @Column('int', { name: 'parent_version', default: 0 })
  parentVersion!: number;

  /** Version it made, whatever the gate said. */
  @Column('int', { name: 'adapter_version', nullable: true })
  adapterVersion!: number | null;

  @Column('jsonb', { default: {} })
  settings!: Record<string, unknown>;

  @Column('jsonb', { nullable: true })
  progress!: RunProgress | null;

  /** SHA-256 of the dataset snapshot (JSONL). */
  @Column('text', { name: 'snapshot_sha256', nullable: true })
  snapshotSha256!: string | null;

  /** Counts, tokens, seconds, losses: what the run did. */
  @Column('jsonb', { nullable: true })
  result!: Record<string, unknown> | null;

  @Column('jsonb', { name: 'gate_report', nullable: true })
  gateReport!: Record<string, unknown> | null;

  /** Why it failed, in a sentence. */
  @Column('text', { nullable: true })
  error!: string | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;
}
