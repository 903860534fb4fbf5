// That a user has a role for an assistant, or for all.
import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Assistant } from './assistant.entity.js';
import { User } from './user.entity.js';

@Entity('role_grants')
@Check('role_grants_role', "role IN ('agent', 'operator', 'admin')")
@Unique('role_grants_one', ['userId', 'assistantId'])
// No two nulls are the same to a unique constraint.
@Index('role_grants_one_for_all', ['userId'], { unique: true, where: 'assistant_id IS NULL' })
export class RoleGrant {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey(() => User, { name: 'role_grants_user', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'user_id' })
  userId!: string;

  /** Null: for all assistants, also those made later. */
  @ForeignKey(() => Assistant, { name: 'role_grants_assistant', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'assistant_id', nullable: true })
  assistantId!: string | null;

  @Column('text')
  role!: 'agent' | 'operator' | 'admin';
}
