// Conversations and who may go on with them: an anonymous one is its token's, of which only the hash is stored; one of a customer who
// proved who they are is theirs alone, on every device, and no token opens it. The two never become one.
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Conversation } from '../database/entities/conversation.entity.js';
import { lockByName } from '../database/lock-by-name.js';
import { ConversationsError } from './conversations-error.js';

const TOKEN_BYTES = 24;

/** Which conversation a client asks for, and what it proves. */
export interface Claim {
  assistantId: string;
  /** An identified customer's; undefined for an anonymous one. */
  customerId?: string;
  conversationId?: string;
  token?: string;
  /** Kept with the conversation. */
  locale?: string;
}

export interface Opened {
  conversation: Conversation;
  /** Empty for an identified customer. */
  token: string;
}

@Injectable()
export class Conversations {
  constructor(private readonly database: DataSource) {}

  /**
   * Opens the conversation that is named; without a name an identified customer's newest, else a new one.
   * @throws ConversationsError `auth.unknown_conversation`
   */
  async open({ customerId, ...claim }: Claim): Promise<Opened> {
    const { manager } = this.database;
    const opened =
      customerId === undefined
        ? await openAnonymous(manager, claim)
        : await this.database.transaction((inside) => openIdentified(inside, { ...claim, customerId }));
    const { conversation } = opened;
    if (claim.locale !== undefined && conversation.locale !== claim.locale) {
      await manager.update(Conversation, conversation.id, { locale: claim.locale });
      conversation.locale = claim.locale;
    }
    return opened;
  }
}

async function openAnonymous(manager: EntityManager, claim: Omit<Claim, 'customerId'>): Promise<Opened> {
  const { assistantId, conversationId: id, token, locale } = claim;
  if (id === undefined) return begin(manager, { assistantId, locale });
  const conversation = await manager.findOneBy(Conversation, { id });
  const isOpen = conversation?.assistantId === assistantId && conversation.customerId === id;
  if (isOpen && token && matches(token, conversation.tokenHash)) return { conversation, token };
  throw unknown();
}

async function openIdentified(
  manager: EntityManager,
  { assistantId, customerId, conversationId: id, locale }: Claim & { customerId: string },
): Promise<Opened> {
  // Two devices that begin at the same moment begin one conversation.
  await lockByName(manager, `conversations of ${customerId}`);
  const conversation = await manager.findOne(Conversation, {
    where: { assistantId, customerId, ...(id === undefined ? {} : { id }) },
    order: { createdAt: 'DESC' },
  });
  if (conversation) return { conversation, token: '' };
  if (id !== undefined) throw unknown();
  return { ...(await begin(manager, { assistantId, customerId, locale })), token: '' };
}

async function begin(
  manager: EntityManager,
  { assistantId, customerId, locale }: Pick<Claim, 'assistantId' | 'customerId' | 'locale'>,
): Promise<Opened> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const id = randomUUID();
  // Who hasn't proved who they are is this conversation.
  const fresh = { id, customerId: customerId ?? id, assistantId, tokenHash: hashOf(token), locale: locale ?? null };
  await manager.insert(Conversation, fresh);
  return { conversation: await manager.findOneByOrFail(Conversation, { id }), token };
}

/** One error for all of it: nobody learns which conversations exist. */
function unknown(): ConversationsError {
  const sentence = 'This conversation is not known, or it is somebody else’s. Start a new one.';
  return new ConversationsError('auth.unknown_conversation', sentence);
}

function matches(token: string, tokenHash: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(token)), Buffer.from(tokenHash));
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
