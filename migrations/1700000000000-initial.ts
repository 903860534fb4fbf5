// The first schema. Conversations and all that was made from them go together when a customer is erased; audit and runs keep their
// assistant from being deleted. Reversible: `down` leaves an empty schema.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  `CREATE TABLE assistants (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    slug text NOT NULL CONSTRAINT assistants_slug UNIQUE
      CONSTRAINT assistants_slug_form CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name text NOT NULL,
    greeting text NOT NULL,
    site_key text NOT NULL CONSTRAINT assistants_site_key UNIQUE,
    champion_version integer NOT NULL DEFAULT 0 CONSTRAINT assistants_champion_version CHECK (champion_version >= 0),
    active_prompt_version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE TABLE prompt_versions (
    assistant_id uuid NOT NULL CONSTRAINT prompt_versions_assistant REFERENCES assistants ON DELETE CASCADE,
    version integer NOT NULL CONSTRAINT prompt_versions_version CHECK (version >= 1),
    instructions text NOT NULL,
    few_shot jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (assistant_id, version)
  )`,
  `CREATE TABLE conversations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    assistant_id uuid NOT NULL CONSTRAINT conversations_assistant REFERENCES assistants ON DELETE RESTRICT,
    token_hash text NOT NULL,
    handover text NOT NULL DEFAULT 'bot'
      CONSTRAINT conversations_handover CHECK (handover IN ('bot', 'waiting', 'agent')),
    last_seq integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE TABLE messages (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    conversation_id uuid NOT NULL CONSTRAINT messages_conversation REFERENCES conversations ON DELETE CASCADE,
    seq integer NOT NULL CONSTRAINT messages_seq_from_one CHECK (seq >= 1),
    role text NOT NULL CONSTRAINT messages_role CHECK (role IN ('customer', 'assistant', 'agent')),
    text text NOT NULL,
    status text NOT NULL
      CONSTRAINT messages_status CHECK (status IN ('writing', 'complete', 'stopped', 'failed', 'interrupted')),
    client_message_id uuid,
    reply_to_id uuid CONSTRAINT messages_reply_to REFERENCES messages ON DELETE SET NULL,
    adapter_version integer,
    prompt_version integer,
    finish_reason text,
    usage jsonb,
    latency_ms integer,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT messages_seq UNIQUE (conversation_id, seq),
    CONSTRAINT messages_client_id UNIQUE (conversation_id, client_message_id)
  )`,
  `CREATE TABLE ratings (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    message_id uuid NOT NULL CONSTRAINT ratings_message REFERENCES messages ON DELETE CASCADE,
    rater_kind text NOT NULL CONSTRAINT ratings_rater_kind CHECK (rater_kind IN ('customer', 'agent')),
    rater_id text NOT NULL,
    value text NOT NULL CONSTRAINT ratings_value CHECK (value IN ('up', 'down')),
    reasons text[] NOT NULL DEFAULT '{}',
    note text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ratings_rater UNIQUE (message_id, rater_kind, rater_id)
  )`,
  `CREATE TABLE corrections (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    message_id uuid NOT NULL CONSTRAINT corrections_message REFERENCES messages ON DELETE CASCADE,
    agent_id text NOT NULL,
    text text NOT NULL CONSTRAINT corrections_text CHECK (text <> ''),
    slice text,
    use_for_training boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE TABLE training_runs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    assistant_id uuid NOT NULL CONSTRAINT training_runs_assistant REFERENCES assistants ON DELETE RESTRICT,
    status text NOT NULL CONSTRAINT training_runs_status CHECK (status IN
      ('queued', 'preparing', 'training', 'evaluating', 'candidate', 'rejected', 'failed', 'cancelled')),
    trigger text NOT NULL CONSTRAINT training_runs_trigger CHECK (trigger IN ('cron', 'threshold', 'request')),
    requested_by text,
    parent_version integer NOT NULL DEFAULT 0,
    adapter_version integer,
    settings jsonb NOT NULL DEFAULT '{}',
    progress jsonb,
    snapshot_sha256 text,
    result jsonb,
    gate_report jsonb,
    error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz
  )`,
  `CREATE TABLE adapter_versions (
    assistant_id uuid NOT NULL CONSTRAINT adapter_versions_assistant REFERENCES assistants ON DELETE RESTRICT,
    version integer NOT NULL CONSTRAINT adapter_versions_version CHECK (version >= 1),
    status text NOT NULL
      CONSTRAINT adapter_versions_status CHECK (status IN ('candidate', 'champion', 'retired', 'rejected')),
    parent_version integer NOT NULL,
    run_id uuid CONSTRAINT adapter_versions_run REFERENCES training_runs ON DELETE SET NULL,
    sha256 text NOT NULL,
    size_bytes integer NOT NULL,
    base_sha256 text NOT NULL,
    rank integer NOT NULL,
    alpha real NOT NULL,
    probe jsonb,
    gate_report jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (assistant_id, version),
    CONSTRAINT adapter_versions_alpha CHECK (rank >= 1 AND alpha > 0)
  )`,
  `CREATE TABLE examples (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    assistant_id uuid NOT NULL CONSTRAINT examples_assistant REFERENCES assistants ON DELETE RESTRICT,
    kind text NOT NULL CONSTRAINT examples_kind CHECK (kind IN ('sft', 'preference', 'binary')),
    slice text NOT NULL DEFAULT 'untagged',
    split text NOT NULL CONSTRAINT examples_split CHECK (split IN ('train', 'heldout')),
    prompt jsonb NOT NULL,
    completion text NOT NULL,
    rejected text,
    desirable boolean,
    weight real NOT NULL DEFAULT 1,
    content_hash text NOT NULL,
    source_message_id uuid NOT NULL CONSTRAINT examples_message REFERENCES messages ON DELETE CASCADE,
    source_correction_id uuid CONSTRAINT examples_correction REFERENCES corrections ON DELETE CASCADE,
    first_run_id uuid CONSTRAINT examples_first_run REFERENCES training_runs ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT examples_content UNIQUE (assistant_id, content_hash),
    CONSTRAINT examples_parts CHECK
      ((kind = 'preference') = (rejected IS NOT NULL) AND (kind = 'binary') = (desirable IS NOT NULL))
  )`,
  `CREATE TABLE deployments (
    id bigserial PRIMARY KEY,
    assistant_id uuid NOT NULL CONSTRAINT deployments_assistant REFERENCES assistants ON DELETE RESTRICT,
    action text NOT NULL CONSTRAINT deployments_action CHECK (action IN ('promote', 'rollback')),
    from_version integer NOT NULL,
    to_version integer NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    evidence jsonb,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
];

// What is looked up often and has no unique constraint that serves it already: messages(conversation_id, seq) has one.
const INDEXES = [
  `CREATE INDEX conversations_by_assistant ON conversations (assistant_id, created_at)`,
  `CREATE INDEX messages_by_reply ON messages (reply_to_id)`,
  `CREATE INDEX messages_writing ON messages (status) WHERE status = 'writing'`,
  `CREATE INDEX corrections_by_message ON corrections (message_id, created_at)`,
  `CREATE INDEX training_runs_by_assistant ON training_runs (assistant_id, created_at)`,
  `CREATE UNIQUE INDEX training_runs_one_active ON training_runs (assistant_id)
    WHERE status IN ('queued', 'preparing', 'training', 'evaluating')`,
  `CREATE UNIQUE INDEX adapter_versions_one_champion ON adapter_versions (assistant_id) WHERE status = 'champion'`,
  `CREATE INDEX examples_by_use ON examples (assistant_id, split, first_run_id)`,
  `CREATE INDEX examples_by_slice ON examples (assistant_id, slice)`,
  `CREATE INDEX examples_by_message ON examples (source_message_id)`,
  // The normalised question: intake looks up whether it is known, so that a held-out question never enters training.
  `CREATE INDEX examples_by_question ON examples
    (assistant_id, md5(lower(btrim(regexp_replace(prompt -> -1 ->> 'content', '\\s+', ' ', 'g')))))`,
  `CREATE INDEX deployments_by_assistant ON deployments (assistant_id, id)`,
];

/** Newest first, so that nothing is dropped while something refers to it. */
const DROP_ORDER = [
  ...['deployments', 'examples', 'adapter_versions', 'training_runs', 'corrections', 'ratings', 'messages'],
  ...['conversations', 'prompt_versions', 'assistants'],
];

export class Initial1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...INDEXES]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of DROP_ORDER) await runner.query(`DROP TABLE ${table}`);
  }
}
