// Every answer whose feedback says what an example says. Duplicates merge into one example, and still independent raters can be
// counted and everything is found again.
import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Example } from './example.entity.js';
import { Message } from './message.entity.js';
import type { RaterKind } from './rating.entity.js';

@Entity('example_sources')
@Check('example_sources_rater_kind', "rater_kind IN ('customer', 'agent')")
@Index('example_sources_by_message', ['messageId'])
export class ExampleSource {
  @ForeignKey(() => Example, { name: 'example_sources_example', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'example_id' })
  exampleId!: string;

  @ForeignKey(() => Message, { name: 'example_sources_message', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'message_id' })
  messageId!: string;

  @Column('text', { name: 'rater_kind' })
  raterKind!: RaterKind;

  /** Customer id, or an agent's name. */
  @Column('text', { name: 'rater_id' })
  raterId!: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
