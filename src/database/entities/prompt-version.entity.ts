// Instructions and few-shot examples of an assistant; immutable, a change makes the next version.
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** One worked example shown to the model before the conversation. */
export interface FewShotExample {
  question: string;
  answer: string;
}

@Entity('prompt_versions')
export class PromptVersion {
  @PrimaryColumn('uuid', { name: 'assistant_id' })
  assistantId!: string;

  @PrimaryColumn('int')
  version!: number;

  @Column('text')
  instructions!: string;

  @Column('jsonb', { name: 'few_shot', default: [] })
  fewShot!: FewShotExample[];

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
