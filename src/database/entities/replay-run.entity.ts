// What of a run the replay buffer has taken in.
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';
import { TrainingRun } from './training-run.entity.js';

@Entity('replay_runs')
@Index('replay_runs_by_assistant', ['assistantId'])
export class ReplayRun {
  @ForeignKey(() => TrainingRun, { name: 'replay_runs_run', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'run_id' })
  runId!: string;

  @ForeignKey(() => Assistant, { name: 'replay_runs_assistant', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  /** The examples that it learnt are in the buffer, as far as there was room. */
  @Column('boolean', { default: false })
  entered!: boolean;

  /** What it said about the items it replayed has been counted. */
  @Column('boolean', { default: false })
  reviewed!: boolean;
}
