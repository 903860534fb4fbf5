// One sign-in of a user in one browser: the family of its refresh tokens, of which exactly one is good.
import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { User } from './user.entity.js';

@Entity('user_sessions')
@Index('user_sessions_by_user', ['userId', 'createdAt'])
@Index('user_sessions_by_end', ['expiresAt'])
export class UserSession {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey(() => User, { name: 'user_sessions_user', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'user_id' })
  userId!: string;

  /** Number of the refresh token that is good now; an older one was used by somebody who shouldn't have it. */
  @Column('int', { default: 0 })
  generation!: number;

  @Column('timestamptz', { name: 'rotated_at', default: () => 'now()' })
  rotatedAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  /** Why it ended before its time. */
  @Column('text', { name: 'ended_because', nullable: true })
  endedBecause!: string | null;

  /** Where the person was when they signed in. */
  @Column('text')
  address!: string;

  /** What their browser called itself. */
  @Column('text', { name: 'user_agent' })
  userAgent!: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
