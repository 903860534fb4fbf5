// A key for a machine: a role, for which assistants, whether it may only look, and until when. Of the key itself only the hash is stored.
import { Check, Column, CreateDateColumn, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

@Entity('api_keys')
@Unique('api_keys_hash', ['hash'])
@Check('api_keys_role', "role IN ('agent', 'operator', 'admin')")
export class ApiKey {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  /** SHA-256 of the key, hexadecimal: it is random, so a slow hash would add nothing. */
  @Column('text')
  hash!: string;

  /** Its first characters, by which people know it again. */
  @Column('text')
  start!: string;

  @Column('text')
  role!: 'agent' | 'operator' | 'admin';

  /** Null: for all, also those made later. */
  @Column('uuid', { name: 'assistant_ids', array: true, nullable: true })
  assistantIds!: string[] | null;

  @Column('boolean', { name: 'read_only', default: false })
  readOnly!: boolean;

  /** Name of who made it. */
  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  /** To the minute. */
  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt!: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
