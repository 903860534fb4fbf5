// How often a rater said the same as an agent about the same answer. Counted anew from the ratings whenever one of them changes.
import { Check, Column, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import type { RaterKind } from './rating.entity.js';

@Entity('raters')
@Check('raters_kind', "kind IN ('customer', 'agent')")
export class RaterScore {
  @PrimaryColumn('text')
  kind!: RaterKind;

  /** Customer id. */
  @PrimaryColumn('text')
  id!: string;

  @Column('int', { default: 0 })
  agreements!: number;

  @Column('int', { default: 0 })
  disagreements!: number;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;
}
