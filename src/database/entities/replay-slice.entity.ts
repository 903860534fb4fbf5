// Counters of one slice of the replay buffer: all that a draw has to read.
import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';

@Entity('replay_slices')
export class ReplaySlice {
  @ForeignKey(() => Assistant, { name: 'replay_slices_assistant', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @PrimaryColumn('text')
  slice!: string;

  /** Examples offered, ever, less those erased. */
  @Column('int')
  seen!: number;

  /** Items kept, by Leitner box. */
  @Column('int', { array: true })
  boxes!: number[];
}
