// What of a correction may be said to others: no personal data goes into the memory, neither of the customer who asked nor in the
// answer that an agent wrote to them.
import type { EntityManager } from 'typeorm';
import type { AssistantsService } from '../assistants/assistants.service.js';
import { earlierMessages } from '../assistants/earlier-messages.js';
import type { Environment } from '../config/environment.js';
import type { Correction } from '../database/entities/correction.entity.js';
import { Message } from '../database/entities/message.entity.js';
import { findAnswer, promptOf } from '../feedback/rated-answer.js';
import { cleanCompletion } from '../feedback/redaction/clean-completion.js';
import { redact } from '../feedback/redaction/redact.js';
import { askedOf, type Asked } from './asked.js';

/** A correction as the memory keeps it. */
export interface Remembered {
  assistantId: string;
  asked: Asked;
  /** Undefined when it can't do without somebody's personal data: then no answer to this question is served. */
  answer: string | undefined;
}

/** @returns undefined when the question is gone @throws FeedbackError, AssistantsError when what it belongs to is gone */
export async function remembered(
  manager: EntityManager,
  { messageId, text }: Correction,
  assistants: AssistantsService,
  environment: Environment,
): Promise<Remembered | undefined> {
  const answer = await findAnswer(manager, messageId);
  const { replyToId } = answer.message;
  const question = replyToId ? await manager.findOneBy(Message, { id: replyToId }) : null;
  const served = await promptOf(manager, answer, assistants, environment);
  if (!question || !served || question.text.trim() === '') return undefined;
  const { text: clean, leaked } = cleanCompletion(text, served.redaction);
  const { question: said, earlier } = askedOf(question.text, await earlierMessages(manager, question));
  const own = (words: string) => redact(words, served.redaction);
  return {
    assistantId: answer.conversation.assistantId,
    asked: { question: own(said), earlier: earlier.map(own) },
    answer: leaked.length > 0 ? undefined : clean,
  };
}
