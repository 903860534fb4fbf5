// The audit of the quarantine: which example an operator released or discarded, who, why. Append-only; it outlives the example.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';

export type Decision = 'release' | 'discard';

@Entity('example_decisions')
@Check('example_decisions_decision', "decision IN ('release', 'discard')")
@Index('example_decisions_by_assistant', ['assistantId', 'id'])
@Index('example_decisions_by_content', ['assistantId', 'contentHash'])
export class ExampleDecision {
  @PrimaryGeneratedColumn('increment', { type: 'bigint' })
  id!: string;

  @ForeignKey(() => Assistant, { name: 'example_decisions_assistant', onDelete: 'RESTRICT' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @Column('uuid', { name: 'example_id' })
  exampleId!: string;

  /** What the decision holds for, should it come again; null when its customer was erased. */
  @Column('text', { name: 'content_hash', nullable: true })
  contentHash!: string | null;

  @Column('text')
  decision!: Decision;

  @Column('text', { name: 'quarantine_reason' })
  quarantineReason!: string;

  @Column('text')
  actor!: string;

  @Column('text')
  reason!: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
