// What operators set for an assistant: who wrote a prompt version and why, how a site's widget looks, when training starts and what it may cost.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  'ALTER TABLE prompt_versions ADD COLUMN author text',
  `ALTER TABLE prompt_versions ADD COLUMN note text NOT NULL DEFAULT ''`,
  `ALTER TABLE site_keys ADD COLUMN widget jsonb NOT NULL DEFAULT '{}'`,
  `CREATE TABLE learning_settings (
    assistant_id uuid PRIMARY KEY
      CONSTRAINT learning_settings_assistant REFERENCES assistants ON DELETE CASCADE,
    schedule text,
    min_examples integer,
    max_minutes integer,
    max_tokens integer,
    month_minutes integer,
    niceness integer,
    schedule_seen_at timestamptz NOT NULL DEFAULT now(),
    updated_by text,
    updated_at timestamptz NOT NULL DEFAULT now()
  )`,
];

const DOWN = [
  'DROP TABLE learning_settings',
  'ALTER TABLE site_keys DROP COLUMN widget',
  'ALTER TABLE prompt_versions DROP COLUMN note',
  'ALTER TABLE prompt_versions DROP COLUMN author',
];

export class Assistants1700000014000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
