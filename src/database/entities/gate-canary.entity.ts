// A question whose answer an operator vouches for: a candidate that answers it otherwise is never promoted.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';

@Entity('gate_canaries')
@Check('gate_canaries_question', "question <> ''")
@Check('gate_canaries_demand', 'must_contain IS NOT NULL OR must_not_contain IS NOT NULL OR must_equal IS NOT NULL')
@Index('gate_canaries_by_assistant', ['assistantId', 'createdAt'])
export class GateCanary {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey(() => Assistant, { name: 'gate_canaries_assistant', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @Column('text')
  question!: string;

  /** The answer must have this in it; null: no such demand. All demands ignore case and white space. */
  @Column('text', { name: 'must_contain', nullable: true })
  mustContain!: string | null;

  @Column('text', { name: 'must_not_contain', nullable: true })
  mustNotContain!: string | null;

  @Column('text', { name: 'must_equal', nullable: true })
  mustEqual!: string | null;

  /** Why it is there, for the next operator. */
  @Column('text', { default: '' })
  note!: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
