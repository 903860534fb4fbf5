// The first administrator, made at the first start, so that somebody can make the others.
import type { DataSource } from 'typeorm';
import type { Environment } from '../../config/environment.js';
import { RoleGrant } from '../../database/entities/role-grant.entity.js';
import { User } from '../../database/entities/user.entity.js';
import { recordAudit } from '../audit/record-audit.js';
import { oneTimePassword, Passwords } from './passwords.js';

/** How the first administrator signs in, this once. */
export interface FirstAdmin {
  email: string;
  password: string;
  /** Whether it was made up here, so that it must be shown. */
  isMadeUp: boolean;
}

/** Makes the first administrator where there is no user at all; else undefined. Of nodes that start together one makes it. */
export async function ensureFirstAdmin(
  database: DataSource,
  { ADMIN_EMAIL, ADMIN_PASSWORD }: Pick<Environment, 'ADMIN_EMAIL' | 'ADMIN_PASSWORD'>,
): Promise<FirstAdmin | undefined> {
  return database.transaction(async (manager) => {
    await manager.query('LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE');
    if (await manager.exists(User)) return undefined;
    const password = ADMIN_PASSWORD ?? oneTimePassword();
    const passwordHash = await new Passwords().hash(password);
    const fields = { email: ADMIN_EMAIL, name: 'Administrator', passwordHash, mustChangePassword: true };
    const { id } = await manager.save(manager.create(User, fields));
    await manager.insert(RoleGrant, { userId: id, assistantId: null, role: 'admin' });
    const target = { kind: 'user', id };
    const after = { email: ADMIN_EMAIL, roles: [{ assistant: null, role: 'admin' }] };
    const reason = 'The first start makes the first administrator.';
    await recordAudit(manager, { action: 'user.create', assistantId: null, target, after, reason });
    return { email: ADMIN_EMAIL, password, isMadeUp: ADMIN_PASSWORD === undefined };
  });
}
