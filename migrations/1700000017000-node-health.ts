// Nodes say how they are, too; and only a change of what they serve is news.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  'ALTER TABLE nodes ADD COLUMN health jsonb',
  'DROP TRIGGER nodes_console ON nodes',
  `CREATE TRIGGER nodes_console AFTER INSERT OR DELETE ON nodes
    FOR EACH ROW EXECUTE FUNCTION retune_console_changed('node')`,
  `CREATE TRIGGER nodes_console_serving AFTER UPDATE ON nodes
    FOR EACH ROW WHEN (old.serving IS DISTINCT FROM new.serving) EXECUTE FUNCTION retune_console_changed('node')`,
];

const DOWN = [
  'DROP TRIGGER nodes_console_serving ON nodes',
  'DROP TRIGGER nodes_console ON nodes',
  `CREATE TRIGGER nodes_console AFTER INSERT OR UPDATE OF serving OR DELETE ON nodes
    FOR EACH ROW EXECUTE FUNCTION retune_console_changed('node')`,
  'ALTER TABLE nodes DROP COLUMN health',
];

export class NodeHealth1700000017000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
