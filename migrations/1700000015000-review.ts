// The queue of answers that somebody should look at. Triggers fill it, in the transaction of what makes an answer doubtful, so no rating
// and no request for a person can be missed, whichever node took it.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE = [
  `CREATE TABLE review_items (
    message_id uuid PRIMARY KEY CONSTRAINT review_items_message REFERENCES messages ON DELETE CASCADE,
    assistant_id uuid NOT NULL CONSTRAINT review_items_assistant REFERENCES assistants ON DELETE CASCADE,
    causes text[] NOT NULL,
    score integer NOT NULL,
    state text NOT NULL DEFAULT 'pending'
      CONSTRAINT review_items_state CHECK (state IN ('pending', 'draft', 'submitted', 'discarded')),
    draft jsonb,
    lease_holder text,
    lease_until timestamptz,
    decided_by text,
    decided_at timestamptz,
    correction_id uuid CONSTRAINT review_items_correction REFERENCES corrections ON DELETE SET NULL,
    rated boolean NOT NULL DEFAULT false,
    flagged_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT review_items_decided CHECK ((state IN ('submitted', 'discarded')) = (decided_at IS NOT NULL)),
    CONSTRAINT review_items_lease CHECK ((lease_holder IS NULL) = (lease_until IS NULL))
  )`,
  `CREATE INDEX review_items_open ON review_items (assistant_id, score, flagged_at, message_id)
    WHERE state IN ('pending', 'draft')`,
  `CREATE INDEX review_items_by_decision ON review_items (assistant_id, decided_at, message_id)
    WHERE decided_at IS NOT NULL`,
  'CREATE INDEX review_items_by_correction ON review_items (correction_id)',
];

const FUNCTIONS = [
  `CREATE OR REPLACE FUNCTION review_score(causes text[]) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(sum(CASE cause WHEN 'rated_down' THEN 4 WHEN 'asked_for_person' THEN 3 WHEN 'unknown' THEN 2 ELSE 1 END), 0)::integer
    FROM unnest(causes) AS cause
  $$`,
  // An answer that was corrected already has been looked at.
  `CREATE OR REPLACE FUNCTION review_flag(flagged uuid, cause text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO review_items AS item (message_id, assistant_id, causes, score)
    SELECT m.id, c.assistant_id, ARRAY[cause], review_score(ARRAY[cause])
    FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE m.id = flagged AND m.role = 'assistant' AND m.text <> ''
      AND NOT EXISTS (SELECT 1 FROM corrections k WHERE k.message_id = m.id)
    ON CONFLICT (message_id) DO UPDATE
      SET causes = item.causes || excluded.causes, score = review_score(item.causes || excluded.causes)
      WHERE NOT item.causes @> excluded.causes
  $$`,
  `CREATE OR REPLACE FUNCTION review_unflag(cleared uuid, cause text) RETURNS void LANGUAGE sql AS $$
    UPDATE review_items
      SET causes = array_remove(causes, cause), score = review_score(array_remove(causes, cause))
      WHERE message_id = cleared AND causes @> ARRAY[cause];
    DELETE FROM review_items WHERE message_id = cleared AND causes = '{}' AND state = 'pending' AND lease_holder IS NULL
  $$`,
  `CREATE OR REPLACE FUNCTION review_after_rating() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE rated uuid := coalesce(NEW.message_id, OLD.message_id);
  BEGIN
    IF EXISTS (SELECT 1 FROM ratings WHERE message_id = rated AND value = 'down')
      THEN PERFORM review_flag(rated, 'rated_down');
      ELSE PERFORM review_unflag(rated, 'rated_down');
    END IF;
    RETURN NULL;
  END $$`,
  `CREATE OR REPLACE FUNCTION review_after_answer() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM review_flag(NEW.id, CASE NEW.finish_reason WHEN 'unknown' THEN 'unknown' ELSE 'cut_off' END);
    RETURN NULL;
  END $$`,
  `CREATE OR REPLACE FUNCTION review_after_handover() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM review_flag((SELECT id FROM messages
      WHERE conversation_id = NEW.id AND role = 'assistant' ORDER BY seq DESC LIMIT 1), 'asked_for_person');
    RETURN NULL;
  END $$`,
];

const TRIGGERS = [
  `CREATE TRIGGER review_after_rating AFTER INSERT OR UPDATE OF value OR DELETE ON ratings
    FOR EACH ROW EXECUTE FUNCTION review_after_rating()`,
  `CREATE TRIGGER review_after_answer AFTER INSERT OR UPDATE OF status ON messages FOR EACH ROW
    WHEN (NEW.role = 'assistant' AND NEW.status = 'complete' AND NEW.finish_reason IN ('unknown', 'length'))
    EXECUTE FUNCTION review_after_answer()`,
  `CREATE TRIGGER review_after_handover AFTER UPDATE OF handover ON conversations FOR EACH ROW
    WHEN (NEW.handover = 'waiting' AND OLD.handover <> 'waiting') EXECUTE FUNCTION review_after_handover()`,
];

/** What was rated down before there was a queue. */
const EARLIER = `SELECT review_flag(message_id, 'rated_down') FROM ratings WHERE value = 'down'`;

const DOWN = [
  'DROP TRIGGER review_after_handover ON conversations',
  'DROP TRIGGER review_after_answer ON messages',
  'DROP TRIGGER review_after_rating ON ratings',
  ...['review_after_handover()', 'review_after_answer()', 'review_after_rating()'].map(
    (name) => `DROP FUNCTION ${name}`,
  ),
  ...['review_unflag(uuid, text)', 'review_flag(uuid, text)'].map((name) => `DROP FUNCTION ${name}`),
  'DROP TABLE review_items',
  'DROP FUNCTION review_score(text[])',
];

export class Review1700000015000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLE, ...FUNCTIONS, ...TRIGGERS, EARLIER]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
