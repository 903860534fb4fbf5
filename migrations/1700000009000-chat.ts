// Site keys become a table of their own (an assistant may have many, each for its websites, each with a secret), conversations say who
// answers them since when, and every such move is kept.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE site_keys (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    assistant_id uuid NOT NULL CONSTRAINT site_keys_assistant REFERENCES assistants ON DELETE CASCADE,
    key text NOT NULL CONSTRAINT site_keys_key UNIQUE
      CONSTRAINT site_keys_key_form CHECK (key ~ '^[A-Za-z0-9_-]{1,100}$'),
    name text NOT NULL,
    origins text[] NOT NULL DEFAULT '{}',
    secret text,
    previous_secret text,
    previous_secret_until timestamptz,
    secret_made_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  'CREATE INDEX site_keys_by_assistant ON site_keys (assistant_id, created_at)',
  `INSERT INTO site_keys (assistant_id, key, name)
    SELECT id, regexp_replace(site_key, '[^A-Za-z0-9_-]', '-', 'g'), 'First key' FROM assistants`,
  'ALTER TABLE assistants DROP COLUMN site_key',
  `CREATE TABLE site_key_changes (
    id bigserial PRIMARY KEY,
    assistant_id uuid NOT NULL CONSTRAINT site_key_changes_assistant REFERENCES assistants ON DELETE CASCADE,
    site_key_id uuid NOT NULL,
    action text NOT NULL
      CONSTRAINT site_key_changes_action CHECK (action IN ('create', 'change', 'rotate', 'delete')),
    actor text NOT NULL,
    before jsonb,
    after jsonb,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  'CREATE INDEX site_key_changes_by_assistant ON site_key_changes (assistant_id, id)',
  'ALTER TABLE conversations ADD COLUMN agent_name text, ADD COLUMN handover_at timestamptz, ADD COLUMN locale text',
  `CREATE INDEX conversations_handed_over ON conversations (handover, handover_at) WHERE handover <> 'bot'`,
  'CREATE INDEX conversations_newest ON conversations (created_at)',
  'ALTER TABLE messages ADD COLUMN agent_name text',
  `CREATE TABLE handover_changes (
    id bigserial PRIMARY KEY,
    conversation_id uuid NOT NULL
      CONSTRAINT handover_changes_conversation REFERENCES conversations ON DELETE CASCADE,
    cause text NOT NULL CONSTRAINT handover_changes_cause
      CHECK (cause IN ('request', 'thumbs', 'cancel', 'take_over', 'hand_back')),
    from_state text NOT NULL,
    to_state text NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  'CREATE INDEX handover_changes_by_conversation ON handover_changes (conversation_id, id)',
];

const DOWN = [
  'DROP TABLE handover_changes',
  'ALTER TABLE messages DROP COLUMN agent_name',
  'DROP INDEX conversations_newest',
  'DROP INDEX conversations_handed_over',
  'ALTER TABLE conversations DROP COLUMN agent_name, DROP COLUMN handover_at, DROP COLUMN locale',
  'DROP TABLE site_key_changes',
  // An assistant had exactly one: the oldest is kept, and one without any gets its own name.
  'ALTER TABLE assistants ADD COLUMN site_key text CONSTRAINT assistants_site_key UNIQUE',
  `UPDATE assistants SET site_key = coalesce(
    (SELECT key FROM site_keys WHERE assistant_id = assistants.id ORDER BY created_at, id LIMIT 1), id::text)`,
  'ALTER TABLE assistants ALTER COLUMN site_key SET NOT NULL',
  'DROP TABLE site_keys',
];

export class Chat1700000009000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
