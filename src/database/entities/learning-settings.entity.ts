// When an assistant's training starts by itself and what a run may cost; null: what the environment says.
import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Assistant } from './assistant.entity.js';

@Entity('learning_settings')
export class LearningSetting {
  @ForeignKey(() => Assistant, { name: 'learning_settings_assistant', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'assistant_id' })
  assistantId!: string;

  /** Cron expression in the service's local time, or `off`. */
  @Column('text', { nullable: true })
  schedule!: string | null;

  /** New examples that start a run by themselves. */
  @Column('int', { name: 'min_examples', nullable: true })
  minExamples!: number | null;

  /** Longest training of one run. */
  @Column('int', { name: 'max_minutes', nullable: true })
  maxMinutes!: number | null;

  /** Most tokens that one run learns from. */
  @Column('int', { name: 'max_tokens', nullable: true })
  maxTokens!: number | null;

  /** Minutes of work in a calendar month after which nothing starts by itself; null: no such limit. */
  @Column('int', { name: 'month_minutes', nullable: true })
  monthMinutes!: number | null;

  /** How far a run gives way to chats. */
  @Column('int', { nullable: true })
  niceness!: number | null;

  /** The schedule's moments up to here have been heeded; moved by whichever worker is first. */
  @Column('timestamptz', { name: 'schedule_seen_at', default: () => 'now()' })
  scheduleSeenAt!: Date;

  @Column('text', { name: 'updated_by', nullable: true })
  updatedBy!: string | null;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;
}
