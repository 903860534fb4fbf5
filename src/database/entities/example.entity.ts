// What the learner sees: made by feedback intake from ratings and corrections, with its lineage.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Assistant } from './assistant.entity.js';
import { Correction } from './correction.entity.js';
import { Message } from './message.entity.js';
import { TrainingRun } from './training-run.entity.js';

export type ExampleKind = 'sft' | 'preference' | 'binary';
/** `heldout` items are only ever used by the gate; `audit` items only ever shown in its report: they decide nothing. */
export type ExampleSplit = 'train' | 'heldout' | 'audit';

/** A turn as the model is shown it. */
export interface PromptTurn {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

@Entity('examples')
@Check('examples_kind', "kind IN ('sft', 'preference', 'binary')")
@Check('examples_split', "split IN ('train', 'heldout', 'audit')")
@Check(
  'examples_parts',
  "(kind = 'preference') = (rejected IS NOT NULL) AND (kind = 'binary') = (desirable IS NOT NULL)",
)
@Index('examples_by_use', ['assistantId', 'split', 'firstRunId'])
@Index('examples_by_slice_age', ['assistantId', 'slice', 'split', 'createdAt'])
@Index('examples_by_message', ['sourceMessageId'])
// Over an expression (the normalised question), which decorators can't say; the migration has it.
@Index('examples_by_question', { synchronize: false })
@Unique('examples_content', ['assistantId', 'contentHash'])
export class Example {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey(() => Assistant, { name: 'examples_assistant', onDelete: 'RESTRICT' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @Column('text')
  kind!: ExampleKind;

  @Column('text', { default: 'untagged' })
  slice!: string;

  @Column('text')
  split!: ExampleSplit;

  @Column('jsonb')
  prompt!: PromptTurn[];

  /** The right answer (sft, preference) or the rated one (binary). */
  @Column('text')
  completion!: string;

  /** The answer that was shown instead (preference only). */
  @Column('text', { nullable: true })
  rejected!: string | null;

  /** Thumb direction (binary only). */
  @Column('boolean', { nullable: true })
  desirable!: boolean | null;

  @Column('real', { default: 1 })
  weight!: number;

  /** SHA-256 over kind, prompt and completion, normalised: duplicates count once. */
  @Column('text', { name: 'content_hash' })
  contentHash!: string;

  @ForeignKey(() => Message, { name: 'examples_message', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'source_message_id' })
  sourceMessageId!: string;

  @ForeignKey(() => Correction, { name: 'examples_correction', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'source_correction_id', nullable: true })
  sourceCorrectionId!: string | null;

  /** First training run that used it; null: new. */
  @ForeignKey(() => TrainingRun, { name: 'examples_first_run', onDelete: 'SET NULL' })
  @Column('uuid', { name: 'first_run_id', nullable: true })
  firstRunId!: string | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
