// Consoles hear of the review queue and of nodes, too.
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A node's heartbeat is no news. */
const WATCHED: [table: string, kind: string, when: string][] = [
  ['review_items', 'review', 'INSERT OR UPDATE OR DELETE'],
  ['nodes', 'node', 'INSERT OR UPDATE OF serving OR DELETE'],
];

export class ConsoleWords1700000016000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, kind, when] of WATCHED) {
      await runner.query(`CREATE TRIGGER ${table}_console AFTER ${when} ON ${table}
        FOR EACH ROW EXECUTE FUNCTION retune_console_changed('${kind}')`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table] of WATCHED) await runner.query(`DROP TRIGGER ${table}_console ON ${table}`);
  }
}
