// A person who may sign in: a support agent, an operator, an administrator. What they may do is in role_grants.
import { Check, Column, CreateDateColumn, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

@Entity('users')
@Unique('users_email', ['email'])
@Unique('users_name', ['name'])
@Unique('users_oidc', ['oidcIssuer', 'oidcSubject'])
@Check('users_email_form', 'email = lower(email)')
export class User {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  /** In small letters. */
  @Column('text')
  email!: string;

  /** Shown to colleagues and customers, and written into records: no two have the same. */
  @Column('text')
  name!: string;

  /** Argon2id, in PHC form; null for one who only signs in through the identity provider. */
  @Column('text', { name: 'password_hash', nullable: true })
  passwordHash!: string | null;

  /** The password was given by somebody else: until it is changed, nothing else can be done. */
  @Column('boolean', { name: 'must_change_password', default: false })
  mustChangePassword!: boolean;

  @Column('boolean', { default: true })
  active!: boolean;

  /** Who vouches for them (OpenID Connect), and their name there. */
  @Column('text', { name: 'oidc_issuer', nullable: true })
  oidcIssuer!: string | null;

  @Column('text', { name: 'oidc_subject', nullable: true })
  oidcSubject!: string | null;

  @Column('timestamptz', { name: 'signed_in_at', nullable: true })
  signedInAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
