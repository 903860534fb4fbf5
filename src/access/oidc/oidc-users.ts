// Whose account somebody has that an identity provider vouches for: found by the provider's name for them, else by an e-mail address that the
// provider has verified, else made, where their groups give them a role here.
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import type { OidcRole } from '../../config/oidc-roles.js';
import { Runtime } from '../../config/runtime.js';
import { Assistant } from '../../database/entities/assistant.entity.js';
import { User } from '../../database/entities/user.entity.js';
import { AccessError } from '../access-error.js';
import { recordAudit, RETUNE } from '../audit/record-audit.js';
import { includes } from '../roles.js';
import type { RoleFor } from '../users/role-grants.js';
import { setRoles, Users } from '../users/users.js';
import type { OidcClaims } from './oidc-client.js';

const BY_GROUPS = 'The groups at the identity provider say so.';
const NAME_CHARS_MAX = 80;

@Injectable()
export class OidcUsers {
  constructor(
    private readonly database: DataSource,
    private readonly users: Users,
    private readonly runtime: Runtime,
  ) {}

  /** @throws AccessError `access.oidc_no_account` (or it was deactivated), `access.oidc_unverified` */
  async userOf(claims: OidcClaims): Promise<User> {
    const roles = await this.rolesBy(claims);
    const known = await this.find(claims);
    if (known && !known.active) throw noAccount('Your account here was deactivated.');
    if (!known && !roles?.length) throw noAccount('You have no account here. Please ask an administrator for one.');
    const user = known ?? (await this.make(claims, roles ?? []));
    if (known && roles) await this.follow(known, roles);
    return user;
  }

  private async find({ iss, sub, email, email_verified }: OidcClaims): Promise<User | null> {
    const { manager } = this.database;
    const known = await manager.findOneBy(User, { oidcIssuer: iss, oidcSubject: sub });
    // An address that nobody has verified may be anybody's.
    if (known || !email || email_verified !== true) return known;
    return this.link({ iss, sub, email });
  }

  /** From now on the provider's name for them finds the account of this address. */
  private link({ iss, sub, email }: { iss: string; sub: string; email: string }): Promise<User | null> {
    return this.database.transaction(async (manager) => {
      const change = { oidcIssuer: iss, oidcSubject: sub };
      const { affected } = await manager.update(User, { email, oidcSubject: IsNull() }, change);
      if (!affected) return null;
      const user = await manager.findOneByOrFail(User, { email });
      const target = { kind: 'user', id: user.id };
      await recordAudit(manager, { actor: RETUNE, action: 'user.link', assistantId: null, target, after: change });
      return user;
    });
  }

  private async make({ iss, sub, email, email_verified, name }: OidcClaims, roles: RoleFor[]): Promise<User> {
    if (!email || email_verified !== true) {
      const sentence = 'The identity provider has not verified your e-mail address.';
      throw new AccessError('access.oidc_unverified', sentence, 'unauthenticated');
    }
    return this.database.transaction(async (manager) => {
      if (await manager.existsBy(User, { email })) {
        throw noAccount('Somebody else signs in here with your e-mail address. Please ask an administrator.');
      }
      const wanted =
        (name ?? email)
          .replaceAll(/\p{Cc}/gu, '')
          .trim()
          .slice(0, NAME_CHARS_MAX) || email;
      const isTaken = await manager.existsBy(User, { name: wanted });
      const fields = { email, name: isTaken ? email : wanted, oidcIssuer: iss, oidcSubject: sub, passwordHash: null };
      const user = await manager.save(manager.create(User, fields));
      await setRoles(manager, user.id, roles);
      await recordAudit(manager, {
        ...{ actor: RETUNE, action: 'user.create', assistantId: null, target: { kind: 'user', id: user.id } },
        ...{ after: { email, name: fields.name, roles, oidcIssuer: iss }, reason: BY_GROUPS },
      });
      return user;
    });
  }

  /** Brings an account's roles in step with the person's groups. The last administrator stays one. */
  private async follow({ id }: User, roles: RoleFor[]): Promise<void> {
    const { roles: before } = await this.users.get(id);
    if (sortedText(before) === sortedText(roles)) return;
    await this.users.change(id, { roles }, { actor: RETUNE, reason: BY_GROUPS }).catch((error: unknown) => {
      if (!(error instanceof AccessError) || error.code !== 'access.last_admin') throw error;
    });
  }

  /** The roles that the claim gives; undefined where roles are given by hand. */
  private async rolesBy(claims: OidcClaims): Promise<RoleFor[] | undefined> {
    const { OIDC_ROLE_CLAIM, OIDC_ROLES } = this.runtime.environment;
    if (!OIDC_ROLE_CLAIM) return undefined;
    const assistants = await this.database.manager.find(Assistant, { select: { slug: true } });
    return rolesOfClaim(claims[OIDC_ROLE_CLAIM], OIDC_ROLES, new Set(assistants.map(({ slug }) => slug)));
  }
}

/** The highest role for each assistant. @param claim a value or a list of them */
export function rolesOfClaim(claim: unknown, table: readonly OidcRole[], slugs: ReadonlySet<string>): RoleFor[] {
  const values = new Set((Array.isArray(claim) ? claim : [claim]).map(String));
  const given = new Map<string | null, RoleFor>();
  for (const { value, role, assistant } of table) {
    const isMeant = values.has(value) && (assistant === null || slugs.has(assistant));
    if (isMeant && !includes(given.get(assistant)?.role, role)) given.set(assistant, { assistant, role });
  }
  return [...given.values()];
}

const sortedText = (roles: readonly RoleFor[]) =>
  JSON.stringify(roles.map(({ assistant, role }) => `${assistant ?? ''}\n${role}`).sort());
const noAccount = (why: string) => new AccessError('access.oidc_no_account', why, 'unauthenticated');
