// What intake holds back is not served either: all nodes hear when an example of a correction is quarantined or released, and an
// entry whose example an operator discarded retires.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE OR REPLACE FUNCTION retune_example_judged() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' THEN
        UPDATE memory_entries SET state = 'retired', retired_by_version = NULL
          WHERE correction_id = OLD.source_correction_id AND OLD.status = 'quarantined';
      ELSE
        PERFORM pg_notify('retune_memory', json_build_object('entryId', id)::text)
          FROM memory_entries WHERE correction_id = NEW.source_correction_id;
      END IF;
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER examples_judged AFTER INSERT OR DELETE OR UPDATE OF status ON examples
    FOR EACH ROW EXECUTE FUNCTION retune_example_judged()`,
];

const DOWN = ['DROP TRIGGER examples_judged ON examples', 'DROP FUNCTION retune_example_judged()'];

export class MemoryHeldBack1700000008000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
