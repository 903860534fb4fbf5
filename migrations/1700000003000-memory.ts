// The memory of corrections: its entries, which corrections were taken into it, and which entries an answer used. A trigger tells
// every node of every change, whatever made it: also of entries that went with their erased conversation.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE memory_entries (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    assistant_id uuid NOT NULL CONSTRAINT memory_entries_assistant REFERENCES assistants ON DELETE CASCADE,
    correction_id uuid NOT NULL CONSTRAINT memory_entries_correction_once UNIQUE
      CONSTRAINT memory_entries_correction REFERENCES corrections ON DELETE CASCADE,
    question text NOT NULL,
    question_key text NOT NULL,
    answer text NOT NULL,
    embedding bytea NOT NULL CONSTRAINT memory_entries_embedding CHECK (octet_length(embedding) = 1536),
    context_embedding bytea,
    state text NOT NULL DEFAULT 'active' CONSTRAINT memory_entries_state CHECK (state IN ('active', 'retired')),
    retired_by_version integer,
    checked_version integer,
    hits integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT memory_entries_question UNIQUE (assistant_id, question_key)
  )`,
  `CREATE INDEX memory_entries_by_assistant ON memory_entries (assistant_id, created_at)`,
  `ALTER TABLE corrections ADD COLUMN remembered_at timestamptz`,
  `CREATE INDEX corrections_to_remember ON corrections (created_at) WHERE remembered_at IS NULL`,
  `ALTER TABLE messages ADD COLUMN memory_hits jsonb`,
  `CREATE OR REPLACE FUNCTION retune_memory_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('retune_memory', json_build_object('entryId', coalesce(NEW.id, OLD.id))::text);
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER memory_entries_changed AFTER INSERT OR DELETE OR UPDATE OF state ON memory_entries
    FOR EACH ROW EXECUTE FUNCTION retune_memory_changed()`,
];

const DOWN = [
  'DROP TABLE memory_entries',
  'DROP FUNCTION IF EXISTS retune_memory_changed()',
  'ALTER TABLE messages DROP COLUMN memory_hits',
  'DROP INDEX corrections_to_remember',
  'ALTER TABLE corrections DROP COLUMN remembered_at',
];

export class Memory1700000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
