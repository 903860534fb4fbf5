// An assistant: what customers talk to. `championVersion` is the pointer that promotion and rollback move.
import { Check, Column, CreateDateColumn, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

@Entity('assistants')
@Unique('assistants_slug', ['slug'])
@Check('assistants_slug_form', "slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'")
@Check('assistants_champion_version', 'champion_version >= 0')
export class Assistant {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('text')
  slug!: string;

  @Column('text')
  name!: string;

  @Column('text')
  greeting!: string;

  /** Adapter version that new turns use; 0 is the base model without an adapter. */
  @Column('int', { name: 'champion_version', default: 0 })
  championVersion!: number;

  @Column('int', { name: 'active_prompt_version', default: 1 })
  activePromptVersion!: number;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
