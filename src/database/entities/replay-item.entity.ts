// One example in the replay buffer, in a dense slot of its slice and box: a random one is looked up by its key.
import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Assistant } from './assistant.entity.js';
import { Example } from './example.entity.js';
import { TrainingRun } from './training-run.entity.js';

@Entity('replay_items')
@Unique('replay_items_once', ['exampleId'])
@Index('replay_items_by_run', ['runId'])
export class ReplayItem {
  @ForeignKey(() => Assistant, { name: 'replay_items_assistant', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @PrimaryColumn('text')
  slice!: string;

  @PrimaryColumn('int')
  box!: number;

  @PrimaryColumn('int')
  slot!: number;

  @ForeignKey(() => Example, { name: 'replay_items_example', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'example_id' })
  exampleId!: string;

  /** The run that learnt it: it leaves with it. */
  @ForeignKey(() => TrainingRun, { name: 'replay_items_run', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'run_id' })
  runId!: string;
}
