// Signing in with a password, and changing it. A refusal says the same, and takes as long, whether the e-mail, the password or the
// account was the reason.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Who } from '../../config/correlation.js';
import { User } from '../../database/entities/user.entity.js';
import { AccessError } from '../access-error.js';
import { recordAudit } from '../audit/record-audit.js';
import { LockOut } from './lock-out.js';
import { assertGoodPassword, Passwords } from './passwords.js';
import { UserSessions, type Place, type SignedIn } from './user-sessions.js';

@Injectable()
export class SignIns {
  constructor(
    private readonly database: DataSource,
    private readonly passwords: Passwords,
    private readonly lockOut: LockOut,
    private readonly sessions: UserSessions,
  ) {}

  /** @throws AccessError `access.sign_in_refused`, `access.locked_out`, `access.busy` */
  async byPassword(email: string, password: string, place: Place): Promise<SignedIn> {
    const attempt = await this.lockOut.begin(email, place.address);
    const user = await this.database.manager.findOneBy(User, { email });
    const isRight = await this.passwords.isRight(user?.active ? user.passwordHash : undefined, password);
    if (!isRight || !user) {
      await this.refused(user, place, 'password');
      throw new AccessError('access.sign_in_refused', 'The e-mail or the password is wrong.', 'unauthenticated');
    }
    const signedIn = await this.begin(user, place, 'password');
    await this.lockOut.succeeded(attempt);
    return signedIn;
  }

  /** Begins a sign-in of somebody who has proved who they are. */
  begin(user: User, place: Place, by: 'password' | 'oidc'): Promise<SignedIn> {
    return this.database.transaction(async (manager) => {
      await manager.update(User, user.id, { signedInAt: new Date() });
      await recordAudit(manager, {
        ...{ actor: whoIs(user), action: 'session.begin', assistantId: null, target: { kind: 'user', id: user.id } },
        after: { by, ...place },
      });
      return this.sessions.begin(manager, user, place);
    });
  }

  /** Records that somebody was not let in. @param user whose account it was, if it was anybody's */
  async refused(user: User | null, { address, userAgent }: Place, by: 'password' | 'oidc'): Promise<void> {
    const nobody: Who = { kind: 'user', id: null, name: 'somebody unknown' };
    await recordAudit(this.database.manager, {
      ...{ actor: user ? whoIs(user) : nobody, action: 'session.refuse', assistantId: null },
      ...{ target: { kind: 'user', id: user?.id ?? 'unknown' }, after: { by, address, userAgent } },
    });
  }

  /**
   * Changes one's own password; the user's other sign-ins end.
   * @param sessionId the sign-in that stays
   * @throws AccessError `access.sign_in_refused` (the present one is wrong), `access.weak_password`, `access.locked_out`, `access.busy`
   */
  async changePassword(
    userId: string,
    passwords: { current: string; next: string },
    from: { address: string; sessionId?: string },
  ): Promise<void> {
    const user = await this.database.manager.findOneByOrFail(User, { id: userId });
    const attempt = await this.lockOut.begin(user.email, from.address);
    if (!(await this.passwords.isRight(user.passwordHash, passwords.current))) {
      throw new AccessError('access.sign_in_refused', 'The present password is wrong.', 'forbidden');
    }
    await this.lockOut.succeeded(attempt);
    assertGoodPassword(passwords.next, user);
    if (passwords.next === passwords.current) {
      throw new AccessError('access.weak_password', 'Choose another password than the one you have.', 'invalid');
    }
    const passwordHash = await this.passwords.hash(passwords.next);
    await this.database.transaction(async (manager) => {
      await manager.update(User, userId, { passwordHash, mustChangePassword: false });
      const ended = await this.sessions.endAll(manager, userId, 'The password was changed.', from.sessionId);
      await recordAudit(manager, {
        ...{ actor: whoIs(user), action: 'user.password_change', assistantId: null },
        ...{ target: { kind: 'user', id: userId }, after: { otherSessionsEnded: ended } },
      });
    });
  }
}

function whoIs({ id, name }: User): Who {
  return { kind: 'user', id, name };
}
