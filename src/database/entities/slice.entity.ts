// A topic that customers ask about: given by agents' tags, or found in the questions. Examples carry its name for good.
import { Column, CreateDateColumn, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';

@Entity('slices')
export class Slice {
  @ForeignKey(() => Assistant, { name: 'slices_assistant', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @PrimaryColumn('text')
  name!: string;

  /** Words of its most central question, for people. */
  @Column('text')
  label!: string;

  /** The message that they are from, so that they go with it; no reference, since the slice stays. */
  @Column('uuid', { name: 'label_message_id', nullable: true })
  labelMessageId!: string | null;

  /** How central that question was. */
  @Column('real', { name: 'label_cosine' })
  labelCosine!: number;

  /** Sum of the embeddings that it was made from, float32 little-endian: its direction is the centroid. */
  @Column('bytea')
  centroid!: Buffer;

  /** Examples placed in it, ever. */
  @Column('int')
  items!: number;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
