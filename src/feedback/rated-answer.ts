// An answer that somebody rates or corrects, with the prompt that led to it, built by the same code that served it.
import { EntityManager, LessThan } from 'typeorm';
import type { AssistantsService } from '../assistants/assistants.service.js';
import { earlierMessages } from '../assistants/earlier-messages.js';
import { buildTurns } from '../assistants/prompt.js';
import { Conversation } from '../database/entities/conversation.entity.js';
import type { PromptTurn } from '../database/entities/example.entity.js';
import { Message } from '../database/entities/message.entity.js';
import { FeedbackError } from './feedback-error.js';

export interface RatedAnswer {
  message: Message;
  conversation: Conversation;
}

/**
 * The answer with this id, fit to be rated.
 * @throws FeedbackError `feedback.message_unknown`, `feedback.not_an_answer`, `feedback.not_finished`
 */
export async function findAnswer(manager: EntityManager, messageId: string): Promise<RatedAnswer> {
  const message = await manager.findOneBy(Message, { id: messageId });
  const conversation = message && (await manager.findOneBy(Conversation, { id: message.conversationId }));
  if (!message || !conversation)
    throw new FeedbackError('feedback.message_unknown', 'There is no such message.', 'notFound');
  if (message.role !== 'assistant') {
    throw new FeedbackError(
      'feedback.not_an_answer',
      "Only the assistant's answers can be rated or corrected.",
      'invalid',
    );
  }
  if (message.status === 'writing') {
    throw new FeedbackError('feedback.not_finished', 'This answer is still being written.', 'conflict');
  }
  return { message, conversation };
}

/** The prompt that led to an answer, with exactly the turns that were served; undefined when its question is gone. */
export async function promptOf(
  manager: EntityManager,
  { message, conversation }: RatedAnswer,
  assistants: AssistantsService,
): Promise<PromptTurn[] | undefined> {
  const question = await questionOf(manager, message);
  if (!question) return undefined;
  const earlier = await earlierMessages(manager, question, message.promptFromSeq ?? undefined);
  const assistant = await assistants.byId(conversation.assistantId);
  const prompt = await assistants.promptVersion(assistant, message.promptVersion ?? undefined, manager);
  return buildTurns(prompt, earlier, question.text);
}

function questionOf(manager: EntityManager, { replyToId, conversationId, seq }: Message): Promise<Message | null> {
  if (replyToId) return manager.findOneBy(Message, { id: replyToId });
  const before = { conversationId, role: 'customer', seq: LessThan(seq) } as const;
  return manager.findOne(Message, { where: before, order: { seq: 'DESC' } });
}
