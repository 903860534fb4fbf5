// Nodes say which version answers on them, so that a rollback can be confirmed everywhere; and who served when can't be rewritten.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE nodes (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    roles text[] NOT NULL,
    serving jsonb NOT NULL DEFAULT '{}',
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
  )`,
  // The moment of the change, not of its transaction's start: whoever waited for the assistant's row began earlier.
  'ALTER TABLE deployments ALTER COLUMN created_at SET DEFAULT clock_timestamp()',
  `CREATE OR REPLACE FUNCTION deployments_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'deployments are append-only' USING ERRCODE = 'integrity_constraint_violation';
  END $$`,
  `CREATE TRIGGER deployments_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON deployments
    FOR EACH STATEMENT EXECUTE FUNCTION deployments_append_only()`,
];

const DOWN = [
  'DROP TRIGGER deployments_append_only ON deployments',
  'DROP FUNCTION deployments_append_only()',
  'ALTER TABLE deployments ALTER COLUMN created_at SET DEFAULT now()',
  'DROP TABLE nodes',
];

export class Timeline1700000013000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
