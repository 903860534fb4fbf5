// What the learner sees: made by feedback intake from ratings and corrections, with its lineage.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Assistant } from './assistant.entity.js';
import { Correction } from './correction.entity.js';
import { Message } from './message.entity.js';
import type { RaterKind } from './rating.entity.js';
import { TrainingRun } from './training-run.entity.js';

export type ExampleKind = 'sft' | 'preference' | 'binary';
/** `heldout` items are only ever used by the gate; `audit` items only ever shown in its report: they decide nothing. */
export type ExampleSplit = 'train' | 'heldout' | 'audit';

/** Only accepted examples are learnt from and judged by; quarantined ones wait for an operator or for more raters. */
export type ExampleStatus = 'accepted' | 'quarantined';

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
@Check('examples_status', "status IN ('accepted', 'quarantined')")
@Check('examples_quarantine', "(status = 'quarantined') = (quarantine_reason IS NOT NULL)")
@Check('examples_rater_kind', "rater_kind IN ('customer', 'agent')")
@Index('examples_by_claim', ['assistantId', 'questionHash', 'answerHash'])
@Index('examples_by_rater', ['assistantId', 'raterId', 'createdAt'])
@Index('examples_quarantined', ['assistantId', 'createdAt'], { where: "status = 'quarantined'" })
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

  @Column('text', { default: 'accepted' })
  status!: ExampleStatus;

  /** Why it is held back, a word of `QUARANTINE_REASONS`. */
  @Column('text', { name: 'quarantine_reason', nullable: true })
  quarantineReason!: string | null;

  /** The same in a sentence, with what was seen. */
  @Column('text', { name: 'quarantine_detail', nullable: true })
  quarantineDetail!: string | null;

  /** Whose word it is: the agent who corrected, or whose thumb decided. Null for examples older than this column. */
  @Column('text', { name: 'rater_kind', nullable: true })
  raterKind!: RaterKind | null;

  /** Customer id, or an agent's name. */
  @Column('text', { name: 'rater_id', nullable: true })
  raterId!: string | null;

  /** SHA-256 of what customers asked, without case and punctuation: the same question in the same conversation so far. */
  @Column('text', { name: 'question_hash', nullable: true })
  questionHash!: string | null;

  /** SHA-256 of the completion, without case and punctuation. */
  @Column('text', { name: 'answer_hash', nullable: true })
  answerHash!: string | null;

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
