// Who made, changed, rotated or deleted a site key. Append-only, written in the change's own transaction; no secret is ever in it.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';

export type SiteKeyAction = 'create' | 'change' | 'rotate' | 'delete';

@Entity('site_key_changes')
@Check('site_key_changes_action', "action IN ('create', 'change', 'rotate', 'delete')")
@Index('site_key_changes_by_assistant', ['assistantId', 'id'])
export class SiteKeyChange {
  @PrimaryGeneratedColumn('increment', { type: 'bigint' })
  id!: string;

  @ForeignKey(() => Assistant, { name: 'site_key_changes_assistant', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @Column('uuid', { name: 'site_key_id' })
  siteKeyId!: string;

  @Column('text')
  action!: SiteKeyAction;

  @Column('text')
  actor!: string;

  @Column('jsonb', { nullable: true })
  before!: Record<string, unknown> | null;

  @Column('jsonb', { nullable: true })
  after!: Record<string, unknown> | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
