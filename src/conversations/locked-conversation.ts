// A conversation's row, locked: whoever gives out a `seq` or moves who answers holds it until the transaction's end.
import type { EntityManager } from 'typeorm';
import { Conversation } from '../database/entities/conversation.entity.js';
import { ConversationsError } from './conversations-error.js';

const GONE = {
  'conversation.unknown': 'There is no such conversation.',
  /** To a customer who is in it. */
  'auth.unknown_conversation': 'This conversation was deleted.',
};

/** @throws ConversationsError of the given code when there is none */
export async function lockedConversation(
  manager: EntityManager,
  id: string,
  gone: keyof typeof GONE,
): Promise<Conversation> {
  const conversation = await manager.findOne(Conversation, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (conversation) return conversation;
  throw new ConversationsError(gone, GONE[gone]);
}
