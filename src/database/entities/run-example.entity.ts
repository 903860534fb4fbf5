// Which examples a training run was given: the middle link of the lineage from an adapter version back to a message.
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Example } from './example.entity.js';
import { TrainingRun } from './training-run.entity.js';

@Entity('run_examples')
@Index('run_examples_by_example', ['exampleId'])
export class RunExample {
  @ForeignKey(() => TrainingRun, { name: 'run_examples_run', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'run_id' })
  runId!: string;

  @ForeignKey(() => Example, { name: 'run_examples_example', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'example_id' })
  exampleId!: string;

  /** As the snapshot says: trained on, or judged by. */
  @Column('text')
  split!: string;

  /** As the snapshot says: new to the parent, or replayed. */
  @Column('text')
  group!: string;
}
