// What access tokens, refresh tokens and the cookie of a sign-in by OpenID Connect are signed with: made once, the same for all nodes. Guard the database.
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('auth_secrets')
export class AuthSecret {
  @PrimaryColumn('text')
  name!: string;

  /** 32 random bytes, base64url. */
  @Column('text')
  value!: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
