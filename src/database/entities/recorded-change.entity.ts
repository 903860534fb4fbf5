// What every record of an operator's change has: who, what stood there before and after, when. Each kind has a table of its own, append-only,
// written in the change's own transaction.
import { Column, CreateDateColumn, PrimaryGeneratedColumn } from 'typeorm';

export abstract class RecordedChange {
  @PrimaryGeneratedColumn('increment', { type: 'bigint' })
  id!: string;

  @Column('text')
  actor!: string;

  @Column('jsonb', { nullable: true })
  before!: Record<string, unknown> | null;

  @Column('jsonb', { nullable: true })
  after!: Record<string, unknown> | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
