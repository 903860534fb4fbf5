// Who may come in, and who may still write: the site key, the website, the customer's identity, and not too often.
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AccessError } from '../access/access-error.js';
import { RateLimits } from '../access/rate-limits.js';
import { verifyIdentity } from '../access/site-keys/identity.js';
import { isOriginAllowed, type RequestSource } from '../access/site-keys/origins.js';
import { SiteKeys } from '../access/site-keys/site-keys.js';
import { AssistantsService } from '../assistants/assistants.service.js';
import { Runtime } from '../config/runtime.js';
import type { Assistant } from '../database/entities/assistant.entity.js';
import type { SiteKey } from '../database/entities/site-key.entity.js';
import { handshakeSchema, type Handshake } from './chat.schema.js';
import { Conversations } from './conversations.js';
import { ConversationsError } from './conversations-error.js';
import { countConnection, type Knock } from './knock.js';
import type { Session } from './session.js';

@Injectable()
export class Admission implements OnApplicationBootstrap {
  private readonly logger = new Logger('Chat');

  constructor(
    private readonly siteKeys: SiteKeys,
    private readonly assistants: AssistantsService,
    private readonly conversations: Conversations,
    private readonly limits: RateLimits,
    private readonly runtime: Runtime,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const open = await this.siteKeys.openToAll();
    if (open.length === 0) return;
    this.logger.warn(`Any website may use these site keys, since none is named: ${open.join(', ')}.`);
  }

  /**
   * Admits a client: to its conversation when it has one, else to a new one.
   * @throws ConversationsError `auth.malformed`, `auth.unknown_site_key`, `auth.unknown_conversation`;
   * AccessError `rate.limited`, `site.origin_refused`, `identity.invalid`, `identity.expired`
   */
  async admit(knock: Knock, source: RequestSource): Promise<Session> {
    const address = await countConnection(knock, this.limits, this.runtime);
    const { siteKey: key, conversationId, token, identity, locale } = parse(knock.auth);
    const siteKey = await this.siteKey(key);
    if (!isOriginAllowed(siteKey.origins, source)) {
      throw new AccessError('site.origin_refused', 'This website may not use this site key.', 'forbidden');
    }
    const customerId = identity ? (await verifyIdentity(identity, siteKey)).customerId : undefined;
    const assistant = await this.assistants.byId(siteKey.assistantId);
    const claim = { assistantId: assistant.id, customerId, conversationId, token, locale: locale ?? undefined };
    const opened = await this.conversations.open(claim);
    return {
      ...opened,
      assistant: presentedBy(siteKey, assistant),
      siteKey: key,
      address,
      identity: identity ?? undefined,
    };
  }

  /**
   * Whether the client may still write: its site key is there, and an identified customer's identity is good.
   * @throws ConversationsError `auth.unknown_site_key`; AccessError `identity.invalid`, `identity.expired`
   */
  async checkWrite({ siteKey: key, identity, conversation }: Session): Promise<void> {
    const siteKey = await this.siteKey(key);
    if (identity !== undefined) await assertSame(identity, siteKey, conversation.customerId);
  }

  /**
   * Takes a newer identity of the same customer.
   * @throws like `checkWrite`
   */
  async renew(session: Session, identity: string): Promise<void> {
    if (session.identity === undefined) {
      throw new AccessError(
        'identity.invalid',
        'This conversation is anonymous and stays so. Connect anew with the identity.',
        'unauthenticated',
      );
    }
    await assertSame(identity, await this.siteKey(session.siteKey), session.conversation.customerId);
    session.identity = identity;
  }

  private async siteKey(key: string): Promise<SiteKey> {
    const siteKey = await this.siteKeys.find(key);
    if (siteKey) return siteKey;
    throw new ConversationsError('auth.unknown_site_key', 'No assistant has this site key.');
  }
}

/** The assistant as customers of this website meet it. */
function presentedBy({ widget: { title, greeting } }: SiteKey, assistant: Assistant): Assistant {
  return { ...assistant, name: title ?? assistant.name, greeting: greeting ?? assistant.greeting };
}

async function assertSame(identity: string, siteKey: SiteKey, customerId: string): Promise<void> {
  if ((await verifyIdentity(identity, siteKey)).customerId === customerId) return;
  throw new AccessError(
    'identity.invalid',
    'This identity is another customer’s. Connect anew with it.',
    'unauthenticated',
  );
}

function parse(auth: unknown): Handshake {
  const handshake = handshakeSchema.safeParse(auth);
  if (handshake.success) return handshake.data;
  const reasons = handshake.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new ConversationsError('auth.malformed', `The handshake's auth is not valid. ${reasons}`);
}
