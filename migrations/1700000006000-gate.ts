// The gate's canaries that operators write, with a record of who changed them, and the sealed audit set as a split of its own.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const splitIn = (words: string) => [
  'ALTER TABLE examples DROP CONSTRAINT examples_split',
  `ALTER TABLE examples ADD CONSTRAINT examples_split CHECK (split IN (${words}))`,
];

const UP = [
  ...splitIn("'train', 'heldout', 'audit'"),
  `CREATE TABLE gate_canaries (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    assistant_id uuid NOT NULL CONSTRAINT gate_canaries_assistant REFERENCES assistants ON DELETE CASCADE,
    question text NOT NULL CONSTRAINT gate_canaries_question CHECK (question <> ''),
    must_contain text,
    must_not_contain text,
    must_equal text,
    note text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT gate_canaries_demand
      CHECK (must_contain IS NOT NULL OR must_not_contain IS NOT NULL OR must_equal IS NOT NULL)
  )`,
  'CREATE INDEX gate_canaries_by_assistant ON gate_canaries (assistant_id, created_at)',
  `CREATE TABLE gate_canary_changes (
    id bigserial PRIMARY KEY,
    assistant_id uuid NOT NULL CONSTRAINT gate_canary_changes_assistant REFERENCES assistants ON DELETE CASCADE,
    canary_id uuid NOT NULL,
    action text NOT NULL CONSTRAINT gate_canary_changes_action CHECK (action IN ('create', 'change', 'delete')),
    actor text NOT NULL,
    before jsonb,
    after jsonb,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  'CREATE INDEX gate_canary_changes_by_assistant ON gate_canary_changes (assistant_id, id)',
];

const DOWN = [
  'DROP TABLE gate_canary_changes',
  'DROP TABLE gate_canaries',
  // An audited example becomes a held-out one: nothing sealed may slip into training.
  `UPDATE examples SET split = 'heldout' WHERE split = 'audit'`,
  ...splitIn("'train', 'heldout'"),
];

export class Gate1700000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
