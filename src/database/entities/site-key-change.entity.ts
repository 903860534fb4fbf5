// Who made, changed, rotated or deleted a site key; no secret is ever in it.
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Assistant } from './assistant.entity.js';
import { RecordedChange } from './recorded-change.entity.js';

export type SiteKeyAction = 'create' | 'change' | 'rotate' | 'delete';

@Entity('site_key_changes')
@Check('site_key_changes_action', "action IN ('create', 'change', 'rotate', 'delete')")
@Index('site_key_changes_by_assistant', ['assistantId', 'id'])
export class SiteKeyChange extends RecordedChange {
  @ForeignKey(() => Assistant, { name: 'site_key_changes_assistant', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @Column('uuid', { name: 'site_key_id' })
  siteKeyId!: string;

  @Column('text')
  action!: SiteKeyAction;
}
