// Rollouts: a candidate answers a share of the conversations before it becomes champion. What a rollout has learnt stays when a
// conversation is erased: a number without a name.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE rollouts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    assistant_id uuid NOT NULL CONSTRAINT rollouts_assistant REFERENCES assistants ON DELETE RESTRICT,
    version integer NOT NULL,
    from_version integer NOT NULL,
    steps jsonb NOT NULL,
    step integer NOT NULL DEFAULT 0,
    share real NOT NULL CONSTRAINT rollouts_share CHECK (share > 0 AND share < 1),
    state text NOT NULL CONSTRAINT rollouts_state CHECK (state IN
      ('queued', 'running', 'waiting', 'paused', 'promoted', 'aborted', 'rolled_back')),
    alpha real NOT NULL,
    evidence jsonb,
    reason text NOT NULL,
    actor text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    step_started_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT rollouts_version FOREIGN KEY (assistant_id, version)
      REFERENCES adapter_versions (assistant_id, version) ON DELETE RESTRICT
  )`,
  `CREATE INDEX rollouts_by_assistant ON rollouts (assistant_id, created_at)`,
  `CREATE UNIQUE INDEX rollouts_one_live ON rollouts (assistant_id) WHERE state IN ('running', 'waiting', 'paused')`,
  `CREATE UNIQUE INDEX rollouts_one_queued ON rollouts (assistant_id) WHERE state = 'queued'`,
  `CREATE TABLE rollout_conversations (
    id bigserial PRIMARY KEY,
    rollout_id uuid NOT NULL CONSTRAINT rollout_conversations_rollout REFERENCES rollouts ON DELETE CASCADE,
    conversation_id uuid CONSTRAINT rollout_conversations_conversation REFERENCES conversations ON DELETE SET NULL,
    arm text NOT NULL CONSTRAINT rollout_conversations_arm CHECK (arm IN ('canary', 'control')),
    share real NOT NULL,
    assigned_at timestamptz NOT NULL DEFAULT now(),
    failed boolean,
    latency_ms integer,
    answered_at timestamptz,
    score real CONSTRAINT rollout_conversations_score CHECK (score BETWEEN 0 AND 1),
    scored_at timestamptz,
    CONSTRAINT rollout_conversations_once UNIQUE (rollout_id, conversation_id)
  )`,
  // What deleting a conversation looks up.
  `CREATE INDEX rollout_conversations_by_conversation ON rollout_conversations (conversation_id)`,
  `ALTER TABLE adapter_versions DROP CONSTRAINT adapter_versions_status`,
  `ALTER TABLE adapter_versions ADD CONSTRAINT adapter_versions_status
    CHECK (status IN ('candidate', 'canary', 'champion', 'retired', 'rejected'))`,
  `ALTER TABLE deployments DROP CONSTRAINT deployments_action`,
  `ALTER TABLE deployments ADD CONSTRAINT deployments_action CHECK (action IN ('promote', 'rollback', 'canary_start',
    'canary_step', 'canary_wait', 'canary_pause', 'canary_resume', 'canary_abort', 'canary_rollback'))`,
];

const DOWN = [
  `DELETE FROM deployments WHERE action LIKE 'canary%'`,
  `ALTER TABLE deployments DROP CONSTRAINT deployments_action`,
  `ALTER TABLE deployments ADD CONSTRAINT deployments_action CHECK (action IN ('promote', 'rollback'))`,
  `UPDATE adapter_versions SET status = 'candidate' WHERE status = 'canary'`,
  `ALTER TABLE adapter_versions DROP CONSTRAINT adapter_versions_status`,
  `ALTER TABLE adapter_versions ADD CONSTRAINT adapter_versions_status
    CHECK (status IN ('candidate', 'champion', 'retired', 'rejected'))`,
  `DROP TABLE rollout_conversations`,
  `DROP TABLE rollouts`,
];

export class Canary1700000007000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
