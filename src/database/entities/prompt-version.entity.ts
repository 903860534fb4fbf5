// Instructions and few-shot examples of an assistant; immutable, a change makes the next version.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';

/** One worked example shown to the model before the conversation. */
export interface FewShotExample {
  question: string;
  answer: string;
}

@Entity('prompt_versions')
@Check('prompt_versions_version', 'version >= 1')
export class PromptVersion {
  @ForeignKey(() => Assistant, { name: 'prompt_versions_assistant', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @PrimaryColumn('int')
  version!: number;

  @Column('text')
  instructions!: string;

  @Column('jsonb', { name: 'few_shot', default: [] })
  fewShot!: FewShotExample[];

  /** Said instead of the model's guess where a question is about nothing that the assistant was taught; null: the model always answers. */
  @Column('text', { name: 'unknown_answer', nullable: true })
  unknownAnswer!: string | null;

  /** Who wrote it; null for the first one, and for those older than this column. */
  @Column('text', { nullable: true })
  author!: string | null;

  /** What is different about it, in the author's words. */
  @Column('text', { default: '' })
  note!: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
