// Who may do what: users with roles per assistant, their sign-ins, keys for machines, failed attempts, and one record of every write,
// which nobody can change or delete by way of the service.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const USERS = [
  `CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL CONSTRAINT users_email UNIQUE CONSTRAINT users_email_form CHECK (email = lower(email)),
    name text NOT NULL CONSTRAINT users_name UNIQUE,
    password_hash text,
    must_change_password boolean NOT NULL DEFAULT false,
    active boolean NOT NULL DEFAULT true,
    oidc_issuer text,
    oidc_subject text,
    signed_in_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_oidc UNIQUE (oidc_issuer, oidc_subject)
  )`,
  `CREATE TABLE role_grants (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL CONSTRAINT role_grants_user REFERENCES users ON DELETE CASCADE,
    assistant_id uuid CONSTRAINT role_grants_assistant REFERENCES assistants ON DELETE CASCADE,
    role text NOT NULL CONSTRAINT role_grants_role CHECK (role IN ('agent', 'operator', 'admin')),
    CONSTRAINT role_grants_one UNIQUE (user_id, assistant_id)
  )`,
  'CREATE UNIQUE INDEX role_grants_one_for_all ON role_grants (user_id) WHERE assistant_id IS NULL',
];

const SIGN_INS = [
  `CREATE TABLE user_sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL CONSTRAINT user_sessions_user REFERENCES users ON DELETE CASCADE,
    generation integer NOT NULL DEFAULT 0,
    rotated_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_because text,
    address text NOT NULL,
    user_agent text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  'CREATE INDEX user_sessions_by_user ON user_sessions (user_id, created_at)',
  'CREATE INDEX user_sessions_by_end ON user_sessions (expires_at)',
  `CREATE TABLE sign_in_attempts (
    key text PRIMARY KEY,
    failures integer NOT NULL,
    last_at timestamptz NOT NULL DEFAULT now(),
    locked_until timestamptz
  )`,
  'CREATE INDEX sign_in_attempts_by_age ON sign_in_attempts (last_at)',
  `CREATE TABLE auth_secrets (
    name text PRIMARY KEY,
    value text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
];

const KEYS = [
  `CREATE TABLE api_keys (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL,
    hash text NOT NULL CONSTRAINT api_keys_hash UNIQUE,
    start text NOT NULL,
    role text NOT NULL CONSTRAINT api_keys_role CHECK (role IN ('agent', 'operator', 'admin')),
    assistant_ids uuid[],
    read_only boolean NOT NULL DEFAULT false,
    created_by text NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
];

const AUDIT = [
  `CREATE TABLE audit_entries (
    id bigserial PRIMARY KEY,
    actor_kind text NOT NULL
      CONSTRAINT audit_entries_actor_kind CHECK (actor_kind IN ('user', 'key', 'token', 'system')),
    actor_id uuid,
    actor text NOT NULL,
    action text NOT NULL,
    assistant_id uuid,
    target_kind text NOT NULL,
    target_id text NOT NULL,
    before jsonb,
    after jsonb,
    reason text,
    correlation_id text,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  'CREATE INDEX audit_entries_by_assistant ON audit_entries (assistant_id, id)',
  'CREATE INDEX audit_entries_by_actor ON audit_entries (actor, id)',
  'CREATE INDEX audit_entries_by_action ON audit_entries (action, id)',
  'CREATE INDEX audit_entries_by_target ON audit_entries (target_kind, target_id, id)',
  'CREATE INDEX audit_entries_by_time ON audit_entries (created_at)',
  `CREATE OR REPLACE FUNCTION audit_entries_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'audit entries are append-only' USING ERRCODE = 'integrity_constraint_violation';
  END $$`,
  `CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_append_only()`,
];

const DOWN = [
  ...['audit_entries', 'api_keys', 'auth_secrets', 'sign_in_attempts', 'user_sessions', 'role_grants', 'users'].map(
    (table) => `DROP TABLE ${table}`,
  ),
  'DROP FUNCTION audit_entries_append_only()',
];

export class Access1700000011000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...USERS, ...SIGN_INS, ...KEYS, ...AUDIT]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
