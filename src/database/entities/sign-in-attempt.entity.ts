// How often in a row signing in failed, for an account or an address, and until when it isn't tried again.
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('sign_in_attempts')
@Index('sign_in_attempts_by_age', ['lastAt'])
export class SignInAttempt {
  /** A hash of what is counted: nobody's address or e-mail is kept here. */
  @PrimaryColumn('text')
  key!: string;

  @Column('int')
  failures!: number;

  @Column('timestamptz', { name: 'last_at', default: () => 'now()' })
  lastAt!: Date;

  @Column('timestamptz', { name: 'locked_until', nullable: true })
  lockedUntil!: Date | null;
}
