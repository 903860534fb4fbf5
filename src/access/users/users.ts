// Users and their roles, as administrators change them. There is always somebody who may: the last active administrator of all assistants
// stays one.
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Who } from '../../config/correlation.js';
import { RoleGrant } from '../../database/entities/role-grant.entity.js';
import { User } from '../../database/entities/user.entity.js';
import { AccessError } from '../access-error.js';
import { recordAudit } from '../audit/record-audit.js';
import { assistantIdsOf, type RoleFor } from './role-grants.js';
import { oneTimePassword, Passwords } from '../sign-in/passwords.js';
import { UserSessions } from '../sign-in/user-sessions.js';

const USERS_MAX = 10_000;

/** Who orders it, and why. */
export interface Because {
  actor: Who;
  reason: string | null;
}

/** What can be changed of a user. */
export interface UserChange {
  name?: string;
  active?: boolean;
  roles?: RoleFor[];
}

/** A user with their roles. */
export interface UserWithRoles {
  user: User;
  roles: RoleFor[];
}

@Injectable()
export class Users {
  constructor(
    private readonly database: DataSource,
    private readonly passwords: Passwords,
    private readonly sessions: UserSessions,
  ) {}

  /** By name. */
  async list(): Promise<UserWithRoles[]> {
    const { manager } = this.database;
    const users = await manager.find(User, { order: { name: 'ASC' }, take: USERS_MAX });
    const roles = await rolesOf(manager);
    return users.map((user) => ({ user, roles: roles.get(user.id) ?? [] }));
  }

  /** @throws AccessError `access.user_unknown` */
  async get(id: string): Promise<UserWithRoles> {
    const { manager } = this.database;
    const user = await manager.findOneBy(User, { id });
    if (!user) throw new AccessError('access.user_unknown', 'There is no such user.', 'notFound');
    return { user, roles: (await rolesOf(manager, id)).get(id) ?? [] };
  }

  /** @returns the user's id and a password for once. @throws AccessError `access.user_exists`, `access.assistant_unknown` */
  async create(
    { email, name, roles }: { email: string; name: string; roles: RoleFor[] },
    because: Because,
  ): Promise<{ id: string; password: string }> {
    const password = oneTimePassword();
    const passwordHash = await this.passwords.hash(password);
    const id = await this.writing(async (manager) => {
      const made = await manager.save(manager.create(User, { email, name, passwordHash, mustChangePassword: true }));
      await setRoles(manager, made.id, roles);
      await record(manager, 'user.create', made.id, because, { before: null, after: { email, name, roles } });
      return made.id;
    });
    return { id, password };
  }

  /** @throws AccessError `access.user_unknown`, `access.user_exists`, `access.last_admin`, `access.assistant_unknown` */
  async change(id: string, { name, active, roles }: UserChange, because: Because): Promise<void> {
    await this.writing(async (manager) => {
      // One change at a time: two administrators can't each remove the other.
      await manager.query('LOCK TABLE role_grants IN SHARE ROW EXCLUSIVE MODE');
      const before = await this.locked(manager, id);
      if (name !== undefined || active !== undefined) await manager.update(User, id, { name, active });
      if (roles) await setRoles(manager, id, roles);
      await assertSomeAdmin(manager);
      if (active === false) await this.sessions.endAll(manager, id, 'The account was deactivated.');
      const after = { name, active, roles };
      const changed = (Object.keys(after) as (keyof UserChange)[]).filter((key) => after[key] !== undefined);
      const only = (from: UserChange) => Object.fromEntries(changed.map((key) => [key, from[key]]));
      await record(manager, 'user.change', id, because, { before: only(before), after: only(after) });
    });
  }

  /** Gives a new password for once, and ends the user's sign-ins. @throws AccessError `access.user_unknown` */
  async resetPassword(id: string, because: Because): Promise<string> {
    const password = oneTimePassword();
    const passwordHash = await this.passwords.hash(password);
    await this.writing(async (manager) => {
      await this.locked(manager, id);
      await manager.update(User, id, { passwordHash, mustChangePassword: true });
      const ended = await this.sessions.endAll(manager, id, 'The password was reset.');
      await record(manager, 'user.password_reset', id, because, { before: null, after: { sessionsEnded: ended } });
    });
    return password;
  }

  private async locked(manager: EntityManager, id: string): Promise<UserChange> {
    const user = await manager.findOne(User, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!user) throw new AccessError('access.user_unknown', 'There is no such user.', 'notFound');
    return { name: user.name, active: user.active, roles: (await rolesOf(manager, id)).get(id) ?? [] };
  }

  private async writing<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.database.transaction(work);
    } catch (error) {
      const { constraint } = (error as { driverError?: { constraint?: string } }).driverError ?? {};
      if (constraint !== 'users_email' && constraint !== 'users_name') throw error;
      const what = constraint === 'users_email' ? 'e-mail' : 'name';
      throw new AccessError('access.user_exists', `Somebody has this ${what} already.`, 'conflict');
    }
  }
}

async function rolesOf(manager: EntityManager, userId?: string): Promise<Map<string, RoleFor[]>> {
  const rows = await manager.query<(RoleFor & { user_id: string })[]>(
    `SELECT g.user_id, a.slug AS assistant, g.role FROM role_grants g LEFT JOIN assistants a ON a.id = g.assistant_id
      WHERE $1::uuid IS NULL OR g.user_id = $1 ORDER BY a.slug NULLS FIRST`,
    [userId ?? null],
  );
  const found = new Map<string, RoleFor[]>();
  for (const { user_id, assistant, role } of rows)
    found.set(user_id, [...(found.get(user_id) ?? []), { assistant, role }]);
  return found;
}

/** Replaces a user's roles. @throws AccessError `access.assistant_unknown` */
export async function setRoles(manager: EntityManager, userId: string, roles: readonly RoleFor[]): Promise<void> {
  const ids = await assistantIdsOf(
    manager,
    roles.flatMap(({ assistant }) => assistant ?? []),
  );
  await manager.delete(RoleGrant, { userId });
  const grants = roles.map(({ assistant, role }) => {
    const assistantId = assistant === null ? null : ids.get(assistant);
    return { userId, assistantId, role };
  });
  if (grants.length > 0) await manager.insert(RoleGrant, grants);
}

async function assertSomeAdmin(manager: EntityManager): Promise<void> {
  const rows = await manager.query<unknown[]>(
    `SELECT 1 FROM role_grants g JOIN users u ON u.id = g.user_id
      WHERE g.role = 'admin' AND g.assistant_id IS NULL AND u.active LIMIT 1`,
  );
  if (rows.length > 0) return;
  const sentence = 'This is the last administrator. Make somebody else one first.';
  throw new AccessError('access.last_admin', sentence, 'conflict');
}

function record(
  manager: EntityManager,
  action: string,
  id: string,
  { actor, reason }: Because,
  change: { before: object | null; after: object | null },
): Promise<void> {
  return recordAudit(manager, { actor, action, assistantId: null, target: { kind: 'user', id }, ...change, reason });
}
