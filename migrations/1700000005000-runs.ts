// Training runs that can wait, pause, be tried again or teach a single correction; what they cost; their loss curve. Several may
// be queued now: only one of an assistant is at work at a time.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Runs1700000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE training_runs
      ADD COLUMN mode text NOT NULL DEFAULT 'full',
      ADD COLUMN correction_id uuid,
      ADD COLUMN retry_of uuid,
      ADD COLUMN paused_at timestamptz,
      ADD COLUMN worked_seconds real NOT NULL DEFAULT 0,
      ADD COLUMN loss_curve jsonb,
      ADD COLUMN cost jsonb,
      ADD CONSTRAINT training_runs_mode CHECK (mode IN ('full', 'micro')),
      ADD CONSTRAINT training_runs_correction FOREIGN KEY (correction_id) REFERENCES corrections (id) ON DELETE SET NULL,
      ADD CONSTRAINT training_runs_retry FOREIGN KEY (retry_of) REFERENCES training_runs (id) ON DELETE SET NULL`);
    await runner.query('DROP INDEX training_runs_one_active');
    await runner.query(`CREATE UNIQUE INDEX training_runs_one_active ON training_runs (assistant_id)
      WHERE status IN ('preparing', 'training', 'evaluating')`);
    await runner.query(`CREATE UNIQUE INDEX training_runs_one_full ON training_runs (assistant_id)
      WHERE mode = 'full' AND status IN ('queued', 'preparing', 'training', 'evaluating')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    // The older schema lets one unfinished run of an assistant exist: those that only wait are given up.
    await runner.query(`UPDATE training_runs SET status = 'cancelled', finished_at = now(), error = 'It was cancelled.'
      WHERE status = 'queued'`);
    await runner.query('DROP INDEX training_runs_one_full');
    await runner.query('DROP INDEX training_runs_one_active');
    await runner.query(`CREATE UNIQUE INDEX training_runs_one_active ON training_runs (assistant_id)
      WHERE status IN ('queued', 'preparing', 'training', 'evaluating')`);
    await runner.query(`ALTER TABLE training_runs
      DROP COLUMN mode, DROP COLUMN correction_id, DROP COLUMN retry_of, DROP COLUMN paused_at,
      DROP COLUMN worked_seconds, DROP COLUMN loss_curve, DROP COLUMN cost`);
  }
}
