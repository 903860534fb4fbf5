// Who wrote, changed or deleted a gate's canary.
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Assistant } from './assistant.entity.js';
import { RecordedChange } from './recorded-change.entity.js';

export type CanaryAction = 'create' | 'change' | 'delete';

@Entity('gate_canary_changes')
@Check('gate_canary_changes_action', "action IN ('create', 'change', 'delete')")
@Index('gate_canary_changes_by_assistant', ['assistantId', 'id'])
export class GateCanaryChange extends RecordedChange {
  @ForeignKey(() => Assistant, { name: 'gate_canary_changes_assistant', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @Column('uuid', { name: 'canary_id' })
  canaryId!: string;

  @Column('text')
  action!: CanaryAction;
}
