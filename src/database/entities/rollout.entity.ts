// A rollout: a candidate that answers a share of the new conversations, and what was seen of it. Ended ones are kept.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { AdapterVersion } from './adapter-version.entity.js';
import { Assistant } from './assistant.entity.js';

/** `queued` waits for the rollout before it; the last three are ends. */
export type RolloutState = 'queued' | 'running' | 'waiting' | 'paused' | 'promoted' | 'aborted' | 'rolled_back';

@Entity('rollouts')
@Check('rollouts_state', "state IN ('queued', 'running', 'waiting', 'paused', 'promoted', 'aborted', 'rolled_back')")
@Check('rollouts_share', 'share > 0 AND share < 1')
@Index('rollouts_by_assistant', ['assistantId', 'createdAt'])
@Index('rollouts_one_live', ['assistantId'], { unique: true, where: "state IN ('running', 'waiting', 'paused')" })
@Index('rollouts_one_queued', ['assistantId'], { unique: true, where: "state = 'queued'" })
@ForeignKey(() => AdapterVersion, ['assistantId', 'version'], ['assistantId', 'version'], {
  name: 'rollouts_version',
  onDelete: 'RESTRICT',
})
export class Rollout {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey(() => Assistant, { name: 'rollouts_assistant', onDelete: 'RESTRICT' })
  @Column('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @Column('int')
  version!: number;

  /** The champion that it is compared with. */
  @Column('int', { name: 'from_version' })
  fromVersion!: number;

  @Column('jsonb')
  steps!: { percent: number; manual: boolean }[];

  /** Index into `steps`. */
  @Column('int', { default: 0 })
  step!: number;

  /** The current step's share, 0 < share < 1. */
  @Column('real')
  share!: number;

  @Column('text')
  state!: RolloutState;

  /** Probability of ending a harmless canary that the test allows. */
  @Column('real')
  alpha!: number;

  /** What was known when it was last looked at. */
  @Column('jsonb', { nullable: true })
  evidence!: Record<string, unknown> | null;

  /** Why it is in this state. */
  @Column('text')
  reason!: string;

  /** Who brought it into this state. */
  @Column('text')
  actor!: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'step_started_at', nullable: true })
  stepStartedAt!: Date | null;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;
}
