// Sign-ins: each is a family of refresh tokens, of which one is good at a time. Using one gives the next; using one that was used before
// means that two have it, so the family ends and both must sign in again (RFC 9700, 4.14.2).
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, MoreThan, Not, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { UserSession } from '../../database/entities/user-session.entity.js';
import { User } from '../../database/entities/user.entity.js';
import { AccessError } from '../access-error.js';
import { recordAudit } from '../audit/record-audit.js';
import { signAccessToken } from './access-tokens.js';
import { AuthSecrets, isSigned, sign } from './auth-secrets.js';

/** A sign-in ends after so long, however busy. */
export const SESSION_DAYS = 30;
/** Two tabs renew at once, or an answer is lost: the token before is taken for so long, and gives the same next one. */
const GRACE_SECONDS = 10;
const SESSIONS_MAX = 50;
const USER_AGENT_CHARS_MAX = 300;

/** Where a person signs in from. */
export interface Place {
  address: string;
  userAgent: string;
}

/** What somebody who signed in gets; the refresh token goes into the cookie only. */
export interface SignedIn {
  accessToken: string;
  /** Of the access token. */
  expiresAt: Date;
  refreshToken: string;
  /** When the refresh token's cookie ends. */
  refreshUntil: Date;
  user: User;
}

@Injectable()
export class UserSessions {
  constructor(
    private readonly database: DataSource,
    private readonly secrets: AuthSecrets,
  ) {}

  /** Begins a sign-in inside the caller's transaction; of very many the oldest end. */
  async begin(manager: EntityManager, user: User, { address, userAgent }: Place): Promise<SignedIn> {
    const expiresAt = new Date(Date.now() + SESSION_DAYS * 86_400_000);
    const session = await manager.save(
      manager.create(UserSession, {
        ...{ userId: user.id, expiresAt, address },
        userAgent: userAgent.slice(0, USER_AGENT_CHARS_MAX),
      }),
    );
    const oldest = await manager.find(UserSession, {
      ...{ where: { userId: user.id, endedAt: IsNull() }, order: { createdAt: 'DESC', id: 'DESC' } },
      ...{ skip: SESSIONS_MAX, take: SESSIONS_MAX },
    });
    for (const { id } of oldest) await end(manager, { id }, 'There were too many.');
    await manager.query(`DELETE FROM user_sessions WHERE expires_at < now() - interval '30 days'`);
    return this.tokensOf(session, user);
  }

  /**
   * Gives the next pair of tokens for a refresh token.
   * @throws AccessError `access.session_ended`: it was never good, has ended, or was used before
   */
  async renew(refreshToken: string): Promise<SignedIn> {
    const { id, generation } = await this.read(refreshToken);
    const renewed = await this.database.transaction(async (manager) => {
      const session = await manager.findOne(UserSession, { where: { id }, lock: { mode: 'pessimistic_write' } });
      const user = session && (await manager.findOneBy(User, { id: session.userId }));
      if (!session || !user?.active || session.endedAt || session.expiresAt <= new Date()) return undefined;
      if (generation === session.generation) {
        Object.assign(session, { generation: generation + 1, rotatedAt: new Date() });
        await manager.save(session);
      } else if (!isRepeat(session, generation)) {
        // The end must outlive this transaction, so nothing is thrown in it.
        await this.endStolen(manager, session, user);
        return undefined;
      }
      return { session, user };
    });
    if (!renewed) throw ended();
    return this.tokensOf(renewed.session, renewed.user);
  }

  /** Ends the sign-in of a refresh token, if there is one: whoever signs out wants it gone, good or not. @returns whose it was */
  async endBy(refreshToken: string): Promise<void> {
    const { id } = await this.read(refreshToken);
    await this.database.transaction(async (manager) => {
      const session = await manager.findOneBy(UserSession, { id, endedAt: IsNull() });
      const user = session && (await manager.findOneBy(User, { id: session.userId }));
      if (!session || !user) return;
      await end(manager, { id }, 'Signed out.');
      const actor = { kind: 'user', id: user.id, name: user.name } as const;
      await recordAudit(manager, {
        actor,
        action: 'session.end',
        assistantId: null,
        target: { kind: 'user', id: user.id },
      });
    });
  }

  /** Live sign-ins of a user, newest first. */
  list(userId: string): Promise<UserSession[]> {
    const where = { userId, endedAt: IsNull(), expiresAt: MoreThan(new Date()) };
    return this.database.manager.find(UserSession, { where, order: { createdAt: 'DESC' }, take: SESSIONS_MAX });
  }

  /** Ends all sign-ins of a user inside the caller's transaction, but for `except`. @returns how many */
  async endAll(manager: EntityManager, userId: string, because: string, except?: string): Promise<number> {
    const others = except === undefined ? {} : { id: Not(except) };
    return end(manager, { userId, ...others }, because);
  }

  private async endStolen(manager: EntityManager, { id, address }: UserSession, user: User): Promise<void> {
    await end(manager, { id }, 'A refresh token was used twice.');
    await recordAudit(manager, {
      ...{ actor: { kind: 'user', id: user.id, name: user.name }, action: 'session.reuse', assistantId: null },
      ...{ target: { kind: 'user', id: user.id }, after: { signedInFrom: address } },
      reason: 'A refresh token was used twice: somebody else may have it. The sign-in was ended.',
    });
  }

  private async tokensOf(session: UserSession, user: User): Promise<SignedIn> {
    const { id: sessionId, generation, expiresAt: refreshUntil } = session;
    const access = await signAccessToken({ userId: user.id, sessionId }, await this.secrets.get('access_token'));
    const body = `${sessionId}.${generation}`;
    const refreshToken = `${body}.${sign(body, await this.secrets.get('refresh_token'))}`;
    return { ...access, refreshToken, refreshUntil, user };
  }

  private async read(refreshToken: string): Promise<{ id: string; generation: number }> {
    const [, body, id, generation, signature] = REFRESH_TOKEN.exec(refreshToken) ?? [];
    if (!body || !id || !signature) throw ended();
    if (!isSigned(body, signature, await this.secrets.get('refresh_token'))) throw ended();
    return { id, generation: Number(generation) };
  }
}

const REFRESH_TOKEN = /^(([0-9a-f-]{36})\.(\d{1,9}))\.([\w-]{43})$/;

function isRepeat({ generation, rotatedAt }: UserSession, presented: number): boolean {
  return presented === generation - 1 && Date.now() - rotatedAt.getTime() < GRACE_SECONDS * 1000;
}

async function end(
  manager: EntityManager,
  which: FindOptionsWhere<UserSession>,
  endedBecause: string,
): Promise<number> {
  const { affected } = await manager.update(
    UserSession,
    { ...which, endedAt: IsNull() },
    { endedAt: new Date(), endedBecause },
  );
  return affected ?? 0;
}

function ended(): AccessError {
  return new AccessError('access.session_ended', 'You are signed out. Please sign in again.', 'unauthenticated');
}
