// Who may open a console's socket: whoever may be an agent of some assistant, by the same tokens and with the same refusals as over REST.
import { Injectable } from '@nestjs/common';
import { AccessError } from '../../access/access-error.js';
import type { Actor } from '../../access/actor.js';
import { RateLimits } from '../../access/rate-limits.js';
import { Sessions } from '../../access/sessions.js';
import { addressGroup, clientAddress, isLoopback } from '../../config/client-address.js';
import { Runtime } from '../../config/runtime.js';
import { consoleHandshakeSchema } from './console.schema.js';
import type { ConsoleSocketData } from './console-socket.js';

/** What a connection brings along. */
export interface ConsoleKnock {
  /** The other end of the connection. */
  remoteAddress: string;
  /** The `X-Forwarded-For` header. */
  forwardedFor?: string;
  auth: unknown;
}

@Injectable()
export class ConsoleAdmission {
  constructor(
    private readonly sessions: Sessions,
    private readonly limits: RateLimits,
    private readonly runtime: Runtime,
  ) {}

  /** @throws AccessError `rate.limited`, and whatever `actorOf` refuses */
  async admit({ remoteAddress, forwardedFor, auth }: ConsoleKnock): Promise<ConsoleSocketData> {
    const client = clientAddress(remoteAddress, forwardedFor, this.runtime.environment.TRUST_PROXY);
    await this.limits.spend({ connection: isLoopback(client) ? undefined : addressGroup(client) });
    const handshake = consoleHandshakeSchema.safeParse(auth);
    if (!handshake.success) {
      throw new AccessError('access.token_missing', 'Send a token: auth: { token }', 'unauthenticated');
    }
    const data = { token: handshake.data.token, name: handshake.data.name };
    await this.actorOf(data);
    return data;
  }

  /**
   * Who a connection belongs to, as things are now.
   * @throws AccessError `access.token_unknown`, `access.token_expired`, `access.session_ended`, `access.password_change_required`,
   * `access.role_missing`
   */
  async actorOf({ token, name }: ConsoleSocketData): Promise<Actor> {
    const actor = await this.sessions.actorOf(token, name);
    if (actor.mustChangePassword) {
      const sentence = 'Choose a password of your own first (PATCH /api/v1/me).';
      throw new AccessError('access.password_change_required', sentence, 'forbidden');
    }
    if (actor.assistantIds('agent').length > 0) return actor;
    throw new AccessError('access.role_missing', 'This needs the role agent for some assistant.', 'forbidden');
  }
}
