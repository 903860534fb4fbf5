// What an agent says an answer should have been. Append-only: the newest one of a message counts.
import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('corrections')
export class Correction {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

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

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
