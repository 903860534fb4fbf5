// The agents' console: what it lists conversations by, private notes, conversations that are over, and a word to every node of whatever changed.
// What the list looks at beside the conversation's own row lies in a table of its own: an answer ends while an agent's take-over may hold that
// row, and must not wait for it.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const LIST = [
  `ALTER TABLE conversations ADD COLUMN last_message_at timestamptz, ADD COLUMN closed_at timestamptz,
    ADD COLUMN closed_by text`,
  `UPDATE conversations c SET last_message_at = m.created_at
    FROM messages m WHERE m.conversation_id = c.id AND m.seq = c.last_seq`,
  // Whatever is said opens a conversation again. In the same row at the same time, so a message costs no further statement.
  `CREATE OR REPLACE FUNCTION conversations_something_said() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.last_message_at := now();
      NEW.closed_at := NULL;
      NEW.closed_by := NULL;
      RETURN NEW;
    END $$`,
  `CREATE TRIGGER conversations_something_said BEFORE UPDATE OF last_seq ON conversations
    FOR EACH ROW WHEN (NEW.last_seq > OLD.last_seq) EXECUTE FUNCTION conversations_something_said()`,
  `CREATE INDEX conversations_answered_by_bot ON conversations (last_message_at DESC, id DESC)
    WHERE handover = 'bot' AND closed_at IS NULL AND last_seq > 0`,
  'CREATE INDEX conversations_closed ON conversations (closed_at DESC, id DESC) WHERE closed_at IS NOT NULL',
  `CREATE TABLE conversation_facts (
    conversation_id uuid PRIMARY KEY
      CONSTRAINT conversation_facts_conversation REFERENCES conversations ON DELETE CASCADE,
    last_version integer,
    last_rating text CONSTRAINT conversation_facts_last_rating CHECK (last_rating IN ('up', 'down'))
  )`,
  `INSERT INTO conversation_facts (conversation_id, last_version, last_rating)
    SELECT c.id,
      (SELECT adapter_version FROM messages WHERE conversation_id = c.id AND adapter_version IS NOT NULL
        ORDER BY seq DESC LIMIT 1),
      (SELECT r.value FROM ratings r JOIN messages m ON m.id = r.message_id
        WHERE m.conversation_id = c.id AND r.rater_kind = 'customer' ORDER BY r.updated_at DESC LIMIT 1)
    FROM conversations c`,
  `CREATE INDEX conversation_facts_by_version ON conversation_facts (last_version) WHERE last_version IS NOT NULL`,
  `CREATE INDEX conversation_facts_by_rating ON conversation_facts (last_rating) WHERE last_rating IS NOT NULL`,
  // The words of all messages, in any language: no stems, so that none is preferred, and small letters by Unicode, whatever the database's locale.
  `CREATE INDEX messages_words ON messages USING gin (to_tsvector('simple', lower(text COLLATE "und-x-icu")))`,
];

const FACTS = [
  // Made with the conversation, for a later insert would wait for its row (foreign key).
  `CREATE OR REPLACE FUNCTION conversation_facts_begin() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO conversation_facts (conversation_id) VALUES (NEW.id);
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER conversation_facts_begin AFTER INSERT ON conversations
    FOR EACH ROW EXECUTE FUNCTION conversation_facts_begin()`,
  `CREATE OR REPLACE FUNCTION conversation_facts_answered() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE conversation_facts SET last_version = NEW.adapter_version
        WHERE conversation_id = NEW.conversation_id AND last_version IS DISTINCT FROM NEW.adapter_version;
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER conversation_facts_answered AFTER INSERT OR UPDATE OF adapter_version ON messages
    FOR EACH ROW WHEN (NEW.adapter_version IS NOT NULL) EXECUTE FUNCTION conversation_facts_answered()`,
  // The newest thumb that is left.
  `CREATE OR REPLACE FUNCTION conversation_facts_rated() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      rated uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.message_id ELSE NEW.message_id END;
      conversation uuid := (SELECT conversation_id FROM messages WHERE id = rated);
    BEGIN
      UPDATE conversation_facts SET last_rating = (
        SELECT r.value FROM messages m JOIN ratings r ON r.message_id = m.id
          WHERE m.conversation_id = conversation AND r.rater_kind = 'customer' ORDER BY r.updated_at DESC LIMIT 1)
        WHERE conversation_id = conversation;
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER conversation_facts_rated AFTER INSERT OR UPDATE OR DELETE ON ratings
    FOR EACH ROW EXECUTE FUNCTION conversation_facts_rated()`,
];

const NOTES = [
  `CREATE TABLE conversation_notes (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    conversation_id uuid NOT NULL
      CONSTRAINT conversation_notes_conversation REFERENCES conversations ON DELETE CASCADE,
    author text NOT NULL,
    text text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  'CREATE INDEX conversation_notes_by_conversation ON conversation_notes (conversation_id, created_at)',
];

const CAUSES = ['request', 'thumbs', 'cancel', 'take_over', 'hand_back'];
const causes = (names: string[]) => [
  'ALTER TABLE handover_changes DROP CONSTRAINT handover_changes_cause',
  `ALTER TABLE handover_changes ADD CONSTRAINT handover_changes_cause
    CHECK (cause IN (${names.map((name) => `'${name}'`).join(', ')}))`,
];

/**
 * What a change of a table's rows is called, and which changes count. Messages are not among them: their words are gathered by the node that
 * takes them, because transactions that notify commit one after the other, and a send should not wait for another one.
 */
const WATCHED: [table: string, kind: string, when: string][] = [
  ['conversations', 'conversation', 'UPDATE OF handover, agent_name, closed_at OR DELETE'],
  ['conversation_notes', 'conversation', 'INSERT'],
  ['ratings', 'rating', 'INSERT OR UPDATE OR DELETE'],
  ['corrections', 'correction', 'INSERT OR UPDATE'],
  ['examples', 'example', 'INSERT OR UPDATE OR DELETE'],
  ['training_runs', 'run', 'INSERT OR UPDATE'],
  ['adapter_versions', 'version', 'INSERT OR UPDATE'],
  ['rollouts', 'rollout', 'INSERT OR UPDATE'],
  ['deployments', 'deployment', 'INSERT'],
  ['prompt_versions', 'prompt', 'INSERT'],
  ['assistants', 'prompt', 'UPDATE OF active_prompt_version'],
];

const WORDS = [
  // Examples come by the thousand: one word without an id is enough (the same word twice in a transaction is said once).
  `CREATE OR REPLACE FUNCTION retune_console_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      changed jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
      assistant uuid := CASE WHEN TG_TABLE_NAME = 'assistants' THEN changed ->> 'id' ELSE changed ->> 'assistant_id' END;
      conversation uuid := changed ->> 'conversation_id';
      thing text := coalesce(changed ->> 'id', changed ->> 'version', changed ->> 'message_id');
    BEGIN
      IF changed ? 'message_id' THEN
        conversation := (SELECT conversation_id FROM messages WHERE id = (changed ->> 'message_id')::uuid);
      END IF;
      IF assistant IS NULL AND (conversation IS NOT NULL OR changed ? 'message_id') THEN
        assistant := (SELECT assistant_id FROM conversations WHERE id = conversation);
        IF assistant IS NULL THEN RETURN NULL; END IF;
        thing := conversation;
      END IF;
      PERFORM pg_notify('retune_console', json_build_object('kind', TG_ARGV[0], 'assistantId', assistant,
        'id', CASE WHEN TG_ARGV[0] = 'example' THEN NULL ELSE thing END)::text);
      RETURN NULL;
    END $$`,
  ...WATCHED.map(
    ([table, kind, when]) => `CREATE TRIGGER ${table}_console AFTER ${when} ON ${table}
      FOR EACH ROW EXECUTE FUNCTION retune_console_changed('${kind}')`,
  ),
];

const UP = [...LIST, ...FACTS, ...NOTES, ...causes([...CAUSES, 'close', 'reopen']), ...WORDS];

const DOWN = [
  ...WATCHED.map(([table]) => `DROP TRIGGER ${table}_console ON ${table}`),
  'DROP FUNCTION retune_console_changed()',
  `DELETE FROM handover_changes WHERE cause IN ('close', 'reopen')`,
  ...causes(CAUSES),
  'DROP TABLE conversation_notes',
  ...['rated ON ratings', 'answered ON messages', 'begin ON conversations'].map(
    (trigger) => `DROP TRIGGER conversation_facts_${trigger}`,
  ),
  ...['rated', 'answered', 'begin'].map((name) => `DROP FUNCTION conversation_facts_${name}()`),
  'DROP INDEX messages_words',
  'DROP TABLE conversation_facts',
  'DROP TRIGGER conversations_something_said ON conversations',
  'DROP FUNCTION conversations_something_said()',
  'DROP INDEX conversations_closed',
  'DROP INDEX conversations_answered_by_bot',
  `ALTER TABLE conversations DROP COLUMN last_message_at, DROP COLUMN closed_at, DROP COLUMN closed_by`,
];

export class AgentConsole1700000012000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
