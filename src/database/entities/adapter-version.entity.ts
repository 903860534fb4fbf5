// An adapter version: immutable artifact named by its hash, with its lineage. Version 0 (the base) has no row.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';
import { TrainingRun } from './training-run.entity.js';

export type AdapterStatus = 'candidate' | 'canary' | 'champion' | 'retired' | 'rejected';

/** A held-out prompt whose greedy answer differs from the parent's: proves after a swap that this version answers. */
export interface Probe {
  prompt: { role: 'system' | 'user' | 'assistant'; content: string }[];
  answer: string;
  parentAnswer: string;
}

@Entity('adapter_versions')
@Check('adapter_versions_status', "status IN ('candidate', 'canary', 'champion', 'retired', 'rejected')")
@Check('adapter_versions_version', 'version >= 1')
@Check('adapter_versions_alpha', 'rank >= 1 AND alpha > 0')
@Index('adapter_versions_one_champion', ['assistantId'], { unique: true, where: "status = 'champion'" })
export class AdapterVersion {
  @ForeignKey(() => Assistant, { name: 'adapter_versions_assistant', onDelete: 'RESTRICT' })
  @PrimaryColumn('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @PrimaryColumn('int')
  version!: number;

  @Column('text')
  status!: AdapterStatus;

  @Column('int', { name: 'parent_version' })
  parentVersion!: number;

  @ForeignKey(() => TrainingRun, { name: 'adapter_versions_run', onDelete: 'SET NULL' })
  @Column('uuid', { name: 'run_id', nullable: true })
  runId!: string | null;

  /** SHA-256 of the GGUF LoRA file; the artifact store finds it by this name. */
  @Column('text')
  sha256!: string;

  @Column('int', { name: 'size_bytes' })
  sizeBytes!: number;

  /** SHA-256 of the base model's GGUF that it was trained on and may be served with. */
  @Column('text', { name: 'base_sha256' })
  baseSha256!: string;

  @Column('int')
  rank!: number;

  @Column('real')
  alpha!: number;

  @Column('jsonb', { nullable: true })
  probe!: Probe | null;

  @Column('jsonb', { name: 'gate_report', nullable: true })
  gateReport!: Record<string, unknown> | null;

  /** Examples of customers erased since, that it or a version it comes from learnt. Only training anew takes them out. */
  @Column('int', { name: 'erased_examples', default: 0 })
  erasedExamples!: number;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
