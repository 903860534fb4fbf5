// That a customer was erased, and what has to go from the files of training runs. Nothing in it says who: the customer's id is only
// there as a hash, which proves to somebody who has the id that it was done.
import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** How much was removed. */
export interface ErasureCounts {
  conversations: number;
  messages: number;
  ratings: number;
  corrections: number;
  examples: number;
  /** Adapter versions that learnt from them, or whose parents did. */
  versions: number;
}

@Entity('customer_erasures')
@Index('customer_erasures_by_customer', ['customerHash'])
export class CustomerErasureRecord {
  @PrimaryGeneratedColumn('increment', { type: 'bigint' })
  id!: string;

  /** SHA-256 of the customer's id, hexadecimal. */
  @Column('text', { name: 'customer_hash' })
  customerHash!: string;

  @Column('text')
  actor!: string;

  @Column('jsonb')
  counts!: ErasureCounts;

  /** Runs whose snapshots had their examples. */
  @Column('uuid', { name: 'run_ids', array: true, default: [] })
  runIds!: string[];

  @Column('uuid', { name: 'example_ids', array: true, default: [] })
  exampleIds!: string[];

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
