// Says who a bearer token belongs to, for HTTP and sockets alike: one of the two static tokens, a machine's key, or an access token of
// somebody who signed in. What a person or key may do is looked up each time and kept for a second at most, so a deactivated user, a
// changed role or a revoked key counts at once, on every node.
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ApiKey } from '../database/entities/api-key.entity.js';
import { RecentReads } from '../database/recent-reads.js';
import { AccessError } from './access-error.js';
import { Actor, spokenName } from './actor.js';
import type { Grant } from './roles.js';
import { readAccessToken } from './sign-in/access-tokens.js';
import { AuthSecrets } from './sign-in/auth-secrets.js';
import { AccessTokens, roleOf } from './tokens.js';

const CACHE_MS = 1_000;
const CACHED_MAX = 10_000;
export const API_KEY_START = 'rk_';

interface SessionRow {
  name: string;
  must_change_password: boolean;
  is_good: boolean;
  grants: Grant[];
}

@Injectable()
export class Sessions {
  private readonly people = new RecentReads<SessionRow | undefined>(CACHED_MAX, CACHE_MS);
  private readonly keys = new RecentReads<ApiKey | null>(CACHED_MAX, CACHE_MS);

  constructor(
    private readonly tokens: AccessTokens,
    private readonly secrets: AuthSecrets,
    private readonly database: DataSource,
  ) {}

  /**
   * Who has this token now. Ask again at each event.
   * @param name what somebody who holds a machine's token calls themselves
   * @throws AccessError `access.token_unknown`, `access.token_expired`, `access.session_ended`
   */
  async actorOf(token: string, name?: string): Promise<Actor> {
    const role = roleOf(token, this.tokens);
    if (role) {
      const grants = [{ assistantId: null, role }];
      return new Actor({ kind: 'token', id: null, name: spokenName(name) || role, grants });
    }
    return token.startsWith(API_KEY_START) ? this.ofKey(token, name) : this.ofPerson(token);
  }

  /** What was changed here counts here at once; elsewhere within a second. */
  forget(): void {
    this.people.forget();
    this.keys.forget();
  }

  private async ofPerson(token: string): Promise<Actor> {
    const { userId, sessionId } = await readAccessToken(token, await this.secrets.get('access_token'));
    const row = await this.people.get(sessionId, async () => {
      const [found] = await this.database.query<SessionRow[]>(PERSON, [sessionId, userId]);
      return found;
    });
    if (!row?.is_good) {
      throw new AccessError('access.session_ended', 'You are signed out. Please sign in again.', 'unauthenticated');
    }
    const { name, grants, must_change_password: mustChangePassword } = row;
    return new Actor({ kind: 'user', id: userId, name, grants, mustChangePassword, sessionId });
  }

  private async ofKey(token: string, spoken: string | undefined): Promise<Actor> {
    const hash = hashOf(token);
    const key = await this.keys.get(hash, () => this.database.manager.findOneBy(ApiKey, { hash }));
    if (!key || key.revokedAt || (key.expiresAt && key.expiresAt <= new Date())) {
      throw new AccessError(
        'access.token_unknown',
        'This key is not known here, or its time is over.',
        'unauthenticated',
      );
    }
    // A note for people; losing one is no failure.
    this.database.query(USED, [key.id]).catch(() => undefined);
    const { id, name, role, readOnly } = key;
    const grants = (key.assistantIds ?? [null]).map((assistantId) => ({ assistantId, role }));
    return new Actor({ kind: 'key', id, name: spokenName(spoken) || name, grants, readOnly });
  }
}

/** What is stored of a key. */
export function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

const PERSON = `SELECT u.name, u.must_change_password, u.active AND s.ended_at IS NULL AND s.expires_at > now() AS is_good,
    coalesce((SELECT jsonb_agg(jsonb_build_object('assistantId', g.assistant_id, 'role', g.role))
      FROM role_grants g WHERE g.user_id = u.id), '[]') AS grants
  FROM user_sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1 AND u.id = $2`;

const USED = `UPDATE api_keys SET last_used_at = now()
  WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`;
