// Conversations and who may go on with them: whoever has the token, of which only the hash is stored.
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AssistantsError } from '../assistants/assistants-error.js';
import { AssistantsService } from '../assistants/assistants.service.js';
import type { Assistant } from '../database/entities/assistant.entity.js';
import { Conversation } from '../database/entities/conversation.entity.js';
import type { Handshake } from './chat.schema.js';
import { ConversationsError } from './conversations-error.js';

const TOKEN_BYTES = 24;

/** An admitted client. */
export interface Session {
  conversation: Conversation;
  token: string;
  assistant: Assistant;
}

@Injectable()
export class Conversations {
  constructor(
    private readonly database: DataSource,
    private readonly assistants: AssistantsService,
  ) {}

  /**
   * Admits a client: to its conversation when it names one, else to a new one.
   * @throws ConversationsError `auth.unknown_site_key`, `auth.unknown_conversation`
   */
  async admit({ siteKey, conversationId, token }: Handshake): Promise<Session> {
    const assistant = await this.assistantOf(siteKey);
    if (conversationId === undefined) return this.begin(assistant);
    const conversation = await this.database.manager.findOneBy(Conversation, { id: conversationId });
    // One error for all three: nobody learns which conversations exist.
    const known = conversation?.assistantId === assistant.id && matches(token ?? '', conversation.tokenHash);
    if (known && token) return { conversation, token, assistant };
    throw new ConversationsError(
      'auth.unknown_conversation',
      'This conversation is not known, or the token is not its own. Start a new one.',
    );
  }

  private async begin(assistant: Assistant): Promise<Session> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const { manager } = this.database;
    // Nobody has proved who they are, so the customer is this conversation.
    const id = randomUUID();
    const fresh = { id, customerId: id, assistantId: assistant.id, tokenHash: hashOf(token) };
    await manager.insert(Conversation, fresh);
    return { conversation: await manager.findOneByOrFail(Conversation, { id }), token, assistant };
  }

  private async assistantOf(siteKey: string): Promise<Assistant> {
    try {
      return await this.assistants.bySiteKey(siteKey);
    } catch (cause) {
      if (!(cause instanceof AssistantsError)) throw cause;
      throw new ConversationsError('auth.unknown_site_key', 'No assistant has this site key.', { cause });
    }
  }
}

function matches(token: string, tokenHash: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(token)), Buffer.from(tokenHash));
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
