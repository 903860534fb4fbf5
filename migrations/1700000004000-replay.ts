// The replay buffer and the slices found by embedding. Reversible.
//
// A buffer's items lie in dense slots (0, 1, 2 … of each slice and box), so that a random one is looked up by its key, however many
// there are. Items vanish with their examples (an erased customer); the trigger then moves the last item into the hole.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE slices (
    assistant_id uuid NOT NULL CONSTRAINT slices_assistant REFERENCES assistants ON DELETE CASCADE,
    name text NOT NULL,
    label text NOT NULL,
    label_message_id uuid,
    label_cosine real NOT NULL,
    centroid bytea NOT NULL,
    items integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (assistant_id, name)
  )`,
  `CREATE TABLE replay_slices (
    assistant_id uuid NOT NULL CONSTRAINT replay_slices_assistant REFERENCES assistants ON DELETE CASCADE,
    slice text NOT NULL,
    seen integer NOT NULL,
    boxes integer[] NOT NULL,
    PRIMARY KEY (assistant_id, slice)
  )`,
  `CREATE TABLE replay_items (
    assistant_id uuid NOT NULL CONSTRAINT replay_items_assistant REFERENCES assistants ON DELETE CASCADE,
    slice text NOT NULL,
    box integer NOT NULL,
    slot integer NOT NULL,
    example_id uuid NOT NULL CONSTRAINT replay_items_example REFERENCES examples ON DELETE CASCADE,
    run_id uuid NOT NULL CONSTRAINT replay_items_run REFERENCES training_runs ON DELETE CASCADE,
    PRIMARY KEY (assistant_id, slice, box, slot),
    CONSTRAINT replay_items_once UNIQUE (example_id)
  )`,
  `CREATE INDEX replay_items_by_run ON replay_items (run_id)`,
  `CREATE TABLE replay_runs (
    run_id uuid PRIMARY KEY CONSTRAINT replay_runs_run REFERENCES training_runs ON DELETE CASCADE,
    assistant_id uuid NOT NULL CONSTRAINT replay_runs_assistant REFERENCES assistants ON DELETE CASCADE,
    entered boolean NOT NULL DEFAULT false,
    reviewed boolean NOT NULL DEFAULT false
  )`,
  `CREATE INDEX replay_runs_by_assistant ON replay_runs (assistant_id)`,
  // The counters are locked first: whoever deletes at the same time waits, and then sees where the last item is by now.
  `CREATE OR REPLACE FUNCTION replay_fill_hole() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE last integer;
    BEGIN
      UPDATE replay_slices SET seen = seen - 1, boxes[OLD.box + 1] = boxes[OLD.box + 1] - 1
        WHERE assistant_id = OLD.assistant_id AND slice = OLD.slice;
      SELECT slot INTO last FROM replay_items
        WHERE assistant_id = OLD.assistant_id AND slice = OLD.slice AND box = OLD.box ORDER BY slot DESC LIMIT 1;
      IF last > OLD.slot THEN
        UPDATE replay_items SET slot = OLD.slot
          WHERE assistant_id = OLD.assistant_id AND slice = OLD.slice AND box = OLD.box AND slot = last;
      END IF;
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER replay_items_dense AFTER DELETE ON replay_items FOR EACH ROW EXECUTE FUNCTION replay_fill_hole()`,
  `CREATE INDEX examples_by_slice_age ON examples (assistant_id, slice, split, created_at)`,
  `DROP INDEX examples_by_slice`,
];

const DOWN = [
  `CREATE INDEX examples_by_slice ON examples (assistant_id, slice)`,
  `DROP INDEX examples_by_slice_age`,
  `DROP TABLE replay_runs`,
  `DROP TABLE replay_items`,
  `DROP FUNCTION replay_fill_hole`,
  `DROP TABLE replay_slices`,
  `DROP TABLE slices`,
];

export class Replay1700000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
