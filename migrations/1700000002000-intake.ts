// What intake decides and remembers: who said what, how far a rater is trusted, what is held back and why, which example was in
// which run, and that a customer was erased.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  // A default can't be another column, so a trigger says that an anonymous customer is their conversation.
  'ALTER TABLE conversations ADD COLUMN customer_id text',
  'UPDATE conversations SET customer_id = id',
  'ALTER TABLE conversations ALTER COLUMN customer_id SET NOT NULL',
  'CREATE INDEX conversations_by_customer ON conversations (customer_id)',
  `CREATE OR REPLACE FUNCTION conversations_own_customer() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.customer_id := coalesce(NEW.customer_id, NEW.id::text); RETURN NEW; END $$`,
  `CREATE TRIGGER conversations_own_customer BEFORE INSERT ON conversations
    FOR EACH ROW EXECUTE FUNCTION conversations_own_customer()`,

  `ALTER TABLE examples
    ADD COLUMN status text NOT NULL DEFAULT 'accepted'
      CONSTRAINT examples_status CHECK (status IN ('accepted', 'quarantined')),
    ADD COLUMN quarantine_reason text,
    ADD COLUMN quarantine_detail text,
    ADD COLUMN rater_kind text CONSTRAINT examples_rater_kind CHECK (rater_kind IN ('customer', 'agent')),
    ADD COLUMN rater_id text,
    ADD COLUMN question_hash text,
    ADD COLUMN answer_hash text,
    ADD CONSTRAINT examples_quarantine CHECK ((status = 'quarantined') = (quarantine_reason IS NOT NULL))`,
  'CREATE INDEX examples_by_claim ON examples (assistant_id, question_hash, answer_hash)',
  'CREATE INDEX examples_by_rater ON examples (assistant_id, rater_id, created_at)',
  `CREATE INDEX examples_quarantined ON examples (assistant_id, created_at) WHERE status = 'quarantined'`,
  // Examples that exist say who made them as far as that is known: the agent of their correction.
  `UPDATE examples SET rater_kind = 'agent', rater_id = corrections.agent_id
    FROM corrections WHERE corrections.id = examples.source_correction_id`,

  `CREATE TABLE example_sources (
    example_id uuid NOT NULL CONSTRAINT example_sources_example REFERENCES examples ON DELETE CASCADE,
    message_id uuid NOT NULL CONSTRAINT example_sources_message REFERENCES messages ON DELETE CASCADE,
    rater_kind text NOT NULL CONSTRAINT example_sources_rater_kind CHECK (rater_kind IN ('customer', 'agent')),
    rater_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (example_id, message_id)
  )`,
  'CREATE INDEX example_sources_by_message ON example_sources (message_id)',
  `INSERT INTO example_sources (example_id, message_id, rater_kind, rater_id)
    SELECT id, source_message_id, rater_kind, rater_id FROM examples WHERE rater_id IS NOT NULL`,

  `CREATE TABLE raters (
    kind text NOT NULL CONSTRAINT raters_kind CHECK (kind IN ('customer', 'agent')),
    id text NOT NULL,
    agreements integer NOT NULL DEFAULT 0,
    disagreements integer NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, id)
  )`,

  `CREATE TABLE example_decisions (
    id bigserial PRIMARY KEY,
    assistant_id uuid NOT NULL CONSTRAINT example_decisions_assistant REFERENCES assistants ON DELETE RESTRICT,
    example_id uuid NOT NULL,
    content_hash text,
    decision text NOT NULL CONSTRAINT example_decisions_decision CHECK (decision IN ('release', 'discard')),
    quarantine_reason text NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  'CREATE INDEX example_decisions_by_assistant ON example_decisions (assistant_id, id)',
  'CREATE INDEX example_decisions_by_content ON example_decisions (assistant_id, content_hash)',

  `CREATE TABLE run_examples (
    run_id uuid NOT NULL CONSTRAINT run_examples_run REFERENCES training_runs ON DELETE CASCADE,
    example_id uuid NOT NULL CONSTRAINT run_examples_example REFERENCES examples ON DELETE CASCADE,
    split text NOT NULL,
    "group" text NOT NULL,
    PRIMARY KEY (run_id, example_id)
  )`,
  'CREATE INDEX run_examples_by_example ON run_examples (example_id)',
  `INSERT INTO run_examples (run_id, example_id, split, "group")
    SELECT first_run_id, id, split, 'new' FROM examples WHERE first_run_id IS NOT NULL`,

  'ALTER TABLE adapter_versions ADD COLUMN erased_examples integer NOT NULL DEFAULT 0',
  `CREATE TABLE customer_erasures (
    id bigserial PRIMARY KEY,
    customer_hash text NOT NULL,
    actor text NOT NULL,
    counts jsonb NOT NULL,
    run_ids uuid[] NOT NULL DEFAULT '{}',
    example_ids uuid[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  'CREATE INDEX customer_erasures_by_customer ON customer_erasures (customer_hash)',
];

const DOWN = [
  'DROP TABLE customer_erasures',
  'ALTER TABLE adapter_versions DROP COLUMN erased_examples',
  ...['run_examples', 'example_decisions', 'raters', 'example_sources'].map((table) => `DROP TABLE ${table}`),
  // What was held back would be learnt from without its status.
  `DELETE FROM examples WHERE status = 'quarantined'`,
  `ALTER TABLE examples DROP COLUMN status, DROP COLUMN quarantine_reason, DROP COLUMN quarantine_detail,
    DROP COLUMN rater_kind, DROP COLUMN rater_id, DROP COLUMN question_hash, DROP COLUMN answer_hash`,
  'DROP TRIGGER conversations_own_customer ON conversations',
  'DROP FUNCTION conversations_own_customer()',
  'ALTER TABLE conversations DROP COLUMN customer_id',
];

export class Intake1700000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
