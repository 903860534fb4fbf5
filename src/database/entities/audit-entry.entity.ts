// Every write that an agent, operator, administrator or machine made: who, what, to what, before, after, why. Append-only, which a trigger holds.
import { Check, Column, Entity, Index } from 'typeorm';
import { RecordedChange } from './recorded-change.entity.js';

@Entity('audit_entries')
@Check('audit_entries_actor_kind', "actor_kind IN ('user', 'key', 'token', 'system')")
@Index('audit_entries_by_assistant', ['assistantId', 'id'])
@Index('audit_entries_by_actor', ['actor', 'id'])
@Index('audit_entries_by_action', ['action', 'id'])
@Index('audit_entries_by_target', ['targetKind', 'targetId', 'id'])
@Index('audit_entries_by_time', ['createdAt'])
export class AuditEntry extends RecordedChange {
  @Column('text', { name: 'actor_kind' })
  actorKind!: 'user' | 'key' | 'token' | 'system';

  /** Of the user or key. No foreign key: the entry outlives them. */
  @Column('uuid', { name: 'actor_id', nullable: true })
  actorId!: string | null;

  /** `<thing>.<verb>`, e.g. `version.promote`. */
  @Column('text')
  action!: string;

  /** Null where it is about no single assistant. */
  @Column('uuid', { name: 'assistant_id', nullable: true })
  assistantId!: string | null;

  @Column('text', { name: 'target_kind' })
  targetKind!: string;

  @Column('text', { name: 'target_id' })
  targetId!: string;

  @Column('text', { nullable: true })
  reason!: string | null;

  /** Of the request, as in the log. */
  @Column('text', { name: 'correlation_id', nullable: true })
  correlationId!: string | null;
}
