// A corrected answer that is served to matching questions until a trained version knows it. Deleted with its correction, so with
// its customer. There is one entry a question: a newer correction of the same question replaces it.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Assistant } from './assistant.entity.js';
import { Correction } from './correction.entity.js';

/** A retired entry is kept (a rollback or a person may bring it back) but not served. */
export type MemoryState = 'active' | 'retired';

@Entity('memory_entries')
@Check('memory_entries_state', "state IN ('active', 'retired')")
@Check('memory_entries_embedding', 'octet_length(embedding) = 1536')
@Index('memory_entries_by_assistant', ['assistantId', 'createdAt'])
@Unique('memory_entries_question', ['assistantId', 'questionKey'])
@Unique('memory_entries_correction_once', ['correctionId'])
export class MemoryEntry {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey(() => Assistant, { name: 'memory_entries_assistant', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @ForeignKey(() => Correction, { name: 'memory_entries_correction', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'correction_id' })
  correctionId!: string;

  /** What the customer asked. */
  @Column('text')
  question!: string;

  /** SHA-256 over the normalised question and, for a follow-up, over what was asked before it. */
  @Column('text', { name: 'question_key' })
  questionKey!: string;

  @Column('text')
  answer!: string;

  /** 384 float32, little-endian. */
  @Column('bytea')
  embedding!: Buffer;

  /** Of the question together with those before it; null for the first question of a conversation, which stands alone. */
  @Column('bytea', { name: 'context_embedding', nullable: true })
  contextEmbedding!: Buffer | null;

  @Column('text', { default: 'active' })
  state!: MemoryState;

  /** The version that answered so by itself; null for a retired entry: a person retired it. */
  @Column('int', { name: 'retired_by_version', nullable: true })
  retiredByVersion!: number | null;

  /** The champion that was asked this question last, to see whether the entry is still needed. */
  @Column('int', { name: 'checked_version', nullable: true })
  checkedVersion!: number | null;

  /** How many answers used it. */
  @Column('int', { default: 0 })
  hits!: number;

  /** When the correction was made. */
  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
