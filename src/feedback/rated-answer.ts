// An answer that somebody rates or corrects, with the prompt that led to it, built by the same code that served it.
import { EntityManager, LessThan } from 'typeorm';
import type { AssistantsService } from '../assistants/assistants.service.js';
import { earlierMessages } from '../assistants/earlier-messages.js';
import { buildTurns } from '../assistants/prompt.js';
import type { Environment } from '../config/environment.js';
import { Conversation } from '../database/entities/conversation.entity.js';
import type { PromptTurn } from '../database/entities/example.entity.js';
import { Message } from '../database/entities/message.entity.js';
import { FeedbackError } from './feedback-error.js';
import { redact, type RedactionOptions } from './redaction/redact.js';
import { redactionOptions } from './redaction/redaction-options.js';

export interface RatedAnswer {
  message: Message;
  conversation: Conversation;
}

/**
 * The answer with this id, fit to be rated. `hold`: in a transaction, so that it stays until the end of it; erasing its customer waits.
 * @throws FeedbackError `feedback.message_unknown`, `feedback.not_an_answer`, `feedback.not_finished`
 */
export async function findAnswer(manager: EntityManager, messageId: string, hold = false): Promise<RatedAnswer> {
  const lock = hold ? ({ mode: 'for_key_share' } as const) : undefined;
  const message = await manager.findOne(Message, { where: { id: messageId }, lock });
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

/** What an answer answered, fit to be learnt from. */
export interface ServedPrompt {
  /** Exactly the turns that were served, but for personal data: the conversation's is replaced, the company's own texts stay. */
  turns: PromptTurn[];
  /** What the customer wrote in them, oldest first, the question last. */
  asked: string[];
  /** The options it was redacted with: what stands in the company's texts is public. */
  redaction: RedactionOptions;
}

/** The prompt that led to an answer; undefined when its question is gone. */
export async function promptOf(
  manager: EntityManager,
  { message, conversation }: RatedAnswer,
  assistants: AssistantsService,
  environment: Environment,
): Promise<ServedPrompt | undefined> {
  const question = await questionOf(manager, message);
  if (!question) return undefined;
  const earlier = await earlierMessages(manager, question, message.promptFromSeq ?? undefined);
  const assistant = await assistants.byId(conversation.assistantId);
  const prompt = await assistants.promptVersion(assistant, message.promptVersion ?? undefined, manager);
  const redaction = redactionOptions(environment, prompt, conversation.locale);
  const clean = (text: string) => redact(text, redaction);
  const cleaned = earlier.map(({ role, status, text }) => ({ role, status, text: clean(text) }));
  const turns = buildTurns(prompt, cleaned, clean(question.text));
  const companys = buildTurns(prompt, [], '').length - 1;
  const asked = turns.slice(companys).flatMap(({ role, content }) => (role === 'user' ? [content] : []));
  return { turns, asked, redaction };
}

function questionOf(manager: EntityManager, { replyToId, conversationId, seq }: Message): Promise<Message | null> {
  if (replyToId) return manager.findOneBy(Message, { id: replyToId });
  const before = { conversationId, role: 'customer', seq: LessThan(seq) } as const;
  return manager.findOne(Message, { where: before, order: { seq: 'DESC' } });
}
