// An assistant: what customers talk to. `championVersion` is the pointer that promotion and rollback move.
import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('assistants')
export class Assistant {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('text', { unique: true })
  slug!: string;

  @Column('text')
  name!: string;

  @Column('text')
  greeting!: string;

  /** Public key that the widget sends; it names the assistant, it is no secret. */
  @Column('text', { name: 'site_key', unique: true })
  siteKey!: string;

  /** Adapter version that new turns use; 0 is the base model without an adapter. */
  @Column('int', { name: 'champion_version', default: 0 })
  championVersion!: number;

  @Column('int', { name: 'active_prompt_version', default: 1 })
  activePromptVersion!: number;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
