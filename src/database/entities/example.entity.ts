// What the learner sees: made by feedback intake from ratings and corrections, with its lineage.
import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

export type ExampleKind = 'sft' | 'preference' | 'binary';
/** `heldout` items are only ever used by the gate. */
export type ExampleSplit = 'train' | 'heldout';

/** A turn as the model is shown it. */
export interface PromptTurn {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

@Entity('examples')
@Unique('examples_content', ['assistantId', 'contentHash'])
export class Example {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

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

  @Column('uuid', { name: 'source_message_id' })
  sourceMessageId!: string;

  @Column('uuid', { name: 'source_correction_id', nullable: true })
  sourceCorrectionId!: string | null;

  /** First training run that used it; null: new. */
  @Column('uuid', { name: 'first_run_id', nullable: true })
  firstRunId!: string | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
