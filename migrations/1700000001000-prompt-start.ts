// Where the prompt of an answer began, so that an example made from the answer later holds exactly the turns that were served.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PromptStart1700000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE messages ADD COLUMN prompt_from_seq integer');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE messages DROP COLUMN prompt_from_seq');
  }
}
