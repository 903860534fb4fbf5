// Who may open a console's socket: whoever may be an agent of some assistant, by the same tokens and with the same refusals as over REST.
import { Injectable } from '@nestjs/common';
import { AccessError, passwordChangeRequired } from '../../access/access-error.js';
import type { Actor } from '../../access/actor.js';
import { RateLimits } from '../../access/rate-limits.js';
import { Sessions } from '../../access/sessions.js';
import { Runtime } from '../../config/runtime.js';
import { countConnection, type Knock } from '../knock.js';
import { consoleHandshakeSchema } from './console.schema.js';
import type { ConsoleSocketData } from './console-socket.js';

@Injectable()
export class ConsoleAdmission {
  constructor(
    private readonly sessions: Sessions,
    private readonly limits: RateLimits,
    private readonly runtime: Runtime,
  ) {}

  /** @throws AccessError `rate.limited`, `access.token_missing`, and whatever `actorOf` refuses */
  async admit(knock: Knock): Promise<{ data: ConsoleSocketData; actor: Actor }> {
    await countConnection(knock, this.limits, this.runtime);
    const handshake = consoleHandshakeSchema.safeParse(knock.auth);
    if (!handshake.success) {
      throw new AccessError('access.token_missing', 'Send a token: auth: { token }', 'unauthenticated');
    }
    const data = { token: handshake.data.token, name: handshake.data.name };
    return { data, actor: await this.actorOf(data) };
  }

  /**
   * Who a connection belongs to, as things are now.
   * @throws AccessError `access.token_unknown`, `access.token_expired`, `access.session_ended`, `access.password_change_required`,
   * `access.role_missing`
   */
  async actorOf({ token, name }: ConsoleSocketData): Promise<Actor> {
    const actor = await this.sessions.actorOf(token, name);
    if (actor.mustChangePassword) throw passwordChangeRequired();
    if (actor.assistantIds('agent').length > 0) return actor;
    throw new AccessError('access.role_missing', 'This needs the role agent for some assistant.', 'forbidden');
  }
}
