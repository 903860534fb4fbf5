// What an agent says an answer should have been. All of a message stay, the newest one counts.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Message } from './message.entity.js';

@Entity('corrections')
@Check('corrections_text', "text <> ''")
@Index('corrections_by_message', ['messageId', 'createdAt'])
@Index('corrections_to_remember', ['createdAt'], { where: 'remembered_at IS NULL' })
export class Correction {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey(() => Message, { name: 'corrections_message', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'message_id' })
  messageId!: string;

  @Column('text', { name: 'agent_id' })
  agentId!: string;

  @Column('text')
  text!: string;

  /** Tag that groups similar questions; the gate protects every slice by itself. */
  @Column('text', { nullable: true })
  slice!: string | null;

  @Column('boolean', { name: 'use_for_training', default: true })
  useForTraining!: boolean;

  /** When the memory took it in (or found nothing to take); null: not yet. */
  @Column('timestamptz', { name: 'remembered_at', nullable: true })
  rememberedAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
