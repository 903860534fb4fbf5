// What an assistant says where it knows nothing: a part of the prompt version, for it is what was served.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class UnknownAnswer1700000010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE prompt_versions ADD COLUMN unknown_answer text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE prompt_versions DROP COLUMN unknown_answer');
  }
}
