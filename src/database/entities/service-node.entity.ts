// A process of the service, as it last said of itself: that it lives, and which version answers new turns there.
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** How a node is. */
export interface NodeHealth {
  engine: string;
  threads: number;
  slots: number;
  busySlots: number;
  /** Answers that wait for a slot. */
  queued: number;
  /** Adapter versions in memory. */
  loadedVersions: number;
  residentBytes: number;
  /** Of the disk on which artifacts and, if embedded, the database lie. */
  diskBytes: number;
  diskFreeBytes: number;
  /** What answers are computed with, and why. */
  chatKernels: string | null;
  /** What training runs on, and why. */
  trainingBackend: { name: string; reason: string } | null;
}

@Entity('nodes')
export class ServiceNode {
  /** Chosen by the process at its start. */
  @PrimaryColumn('uuid')
  id!: string;

  /** Its host and process number, for people. */
  @Column('text')
  name!: string;

  /** `web` answers customers, `worker` learns. */
  @Column('text', { array: true })
  roles!: string[];

  /** Assistant id → the adapter version that answers new turns there; an assistant that is missing is answered by the base model. */
  @Column('jsonb', { default: {} })
  serving!: Record<string, number>;

  /** Null before it has said so. */
  @Column('jsonb', { nullable: true })
  health!: NodeHealth | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'started_at' })
  startedAt!: Date;

  @CreateDateColumn({ type: 'timestamptz', name: 'seen_at' })
  seenAt!: Date;
}
