// Two versions' answers side by side, and which of them an agent preferred without knowing whose they were.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE comparisons (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    assistant_id uuid NOT NULL CONSTRAINT comparisons_assistant REFERENCES assistants ON DELETE CASCADE,
    message_id uuid NOT NULL CONSTRAINT comparisons_message REFERENCES messages ON DELETE CASCADE,
    a_version integer NOT NULL,
    b_version integer NOT NULL,
    a_text text NOT NULL,
    b_text text NOT NULL,
    vote text CONSTRAINT comparisons_vote CHECK (vote IN ('a', 'b', 'both', 'neither', 'same')),
    voted_by text,
    voted_at timestamptz,
    use_for_training boolean NOT NULL DEFAULT true,
    made_for text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT comparisons_voted CHECK ((vote IS NULL) = (voted_at IS NULL) AND (vote IS NULL) = (voted_by IS NULL)),
    CONSTRAINT comparisons_two_versions CHECK (a_version <> b_version)
  )`,
  'CREATE INDEX comparisons_by_message ON comparisons (message_id, voted_at)',
  'CREATE INDEX comparisons_by_assistant ON comparisons (assistant_id, voted_at, id)',
];

export class Comparisons1700000015500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE comparisons');
  }
}
