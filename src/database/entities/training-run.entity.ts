// One training run and everything that explains its result.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';
import { Correction } from './correction.entity.js';

export type RunStatus =
  'queued' | 'preparing' | 'training' | 'evaluating' | 'candidate' | 'rejected' | 'failed' | 'cancelled';
export type RunTrigger = 'cron' | 'threshold' | 'request';
/** `full`: everything new, with replay. `micro`: one correction that an agent wants taught now, with replay. */
export type RunMode = 'full' | 'micro';

/** Where a run is, for progress bars. */
export interface RunProgress {
  /** What the learner is at; unset before it began. */
  stage?: 'loading' | 'sweep' | 'training' | 'scoring';
  step: number;
  steps: number;
  loss: number | null;
  tokensPerSecond: number | null;
  secondsLeft: number | null;
  /** Tokens learnt from, and seconds of training, over all of the run's lives. */
  tokens?: number;
  seconds?: number;
}

/** One step of the loss curve: [step, loss in nats per completion token; null where it wasn't finite]. */
export type LossPoint = [step: number, loss: number | null];

/** What a run cost, with what the estimates rest on. */
export interface RunCost {
  /** Tokens learnt from. */
  tokens: number;
  /** Seconds in which the run was worked on: loading, training and evaluation, without waiting or pauses. */
  seconds: number;
  /** What computed; null before anything did. */
  device: string | null;
  /** Largest memory of the learner's process, in MiB; null before it ended. */
  peakMemoryMb: number | null;
  energyWh: number;
  /** What the energy is estimated from, in a sentence. */
  energyAssumption: string;
  money: number;
  currency: string;
  pricePerHour: number;
}

@Entity('training_runs')
@Check(
  'training_runs_status',
  "status IN ('queued', 'preparing', 'training', 'evaluating', 'candidate', 'rejected', 'failed', 'cancelled')",
)
@Check('training_runs_trigger', "trigger IN ('cron', 'threshold', 'request')")
@Check('training_runs_mode', "mode IN ('full', 'micro')")
@Index('training_runs_by_assistant', ['assistantId', 'createdAt'])
@Index('training_runs_one_active', ['assistantId'], {
  unique: true,
  where: "status IN ('preparing', 'training', 'evaluating')",
})
@Index('training_runs_one_full', ['assistantId'], {
  unique: true,
  where: "mode = 'full' AND status IN ('queued', 'preparing', 'training', 'evaluating')",
})
export class TrainingRun {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey(() => Assistant, { name: 'training_runs_assistant', onDelete: 'RESTRICT' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @Column('text')
  status!: RunStatus;

  @Column('text', { default: 'full' })
  mode!: RunMode;

  /** What a micro-run teaches; null for others, and when the correction was erased. */
  @ForeignKey(() => Correction, { name: 'training_runs_correction', onDelete: 'SET NULL' })
  @Column('uuid', { name: 'correction_id', nullable: true })
  correctionId!: string | null;

  /** The run that this one tries again. */
  @ForeignKey(() => TrainingRun, { name: 'training_runs_retry', onDelete: 'SET NULL' })
  @Column('uuid', { name: 'retry_of', nullable: true })
  retryOf!: string | null;

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

  /** Seconds that processes have worked on it so far. */
  @Column('real', { name: 'worked_seconds', default: 0 })
  workedSeconds!: number;

  /** At most 200 points, thinned as the run goes on. */
  @Column('jsonb', { name: 'loss_curve', nullable: true })
  lossCurve!: LossPoint[] | null;

  /** Written when the work on it ends or is interrupted. */
  @Column('jsonb', { nullable: true })
  cost!: RunCost | null;

  /** Since when it is paused; it keeps its state, its place and its checkpoint. */
  @Column('timestamptz', { name: 'paused_at', nullable: true })
  pausedAt!: Date | null;

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
