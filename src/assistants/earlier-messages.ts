// Which earlier messages of a conversation a prompt is made from. Serving and examples both ask here, as both use `buildTurns`.
import { And, LessThan, MoreThanOrEqual, type EntityManager } from 'typeorm';
import { Message } from '../database/entities/message.entity.js';
import { EARLIER_MESSAGES_MAX } from './prompt.js';

/**
 * The newest messages before a question, oldest first, at most `EARLIER_MESSAGES_MAX`.
 * @param fromSeq where the prompt of an answer began (`Message.promptFromSeq`), for the turns that were served; left out for all
 */
export async function earlierMessages(
  manager: EntityManager,
  { conversationId, seq }: Pick<Message, 'conversationId' | 'seq'>,
  fromSeq = 1,
): Promise<Message[]> {
  const newest = await manager.find(Message, {
    where: { conversationId, seq: And(MoreThanOrEqual(fromSeq), LessThan(seq)) },
    order: { seq: 'DESC' },
    take: EARLIER_MESSAGES_MAX,
  });
  return newest.reverse();
}
