// The prompt of an entry's question as it would be served today, without the memory.
import type { EntityManager } from 'typeorm';
import type { AssistantsService } from '../assistants/assistants.service.js';
import { earlierMessages } from '../assistants/earlier-messages.js';
import { buildTurns } from '../assistants/prompt.js';
import { Correction } from '../database/entities/correction.entity.js';
import type { PromptTurn } from '../database/entities/example.entity.js';
import type { MemoryEntry } from '../database/entities/memory-entry.entity.js';
import { Message } from '../database/entities/message.entity.js';

/** Undefined when the conversation it came from is gone. */
export async function promptOfEntry(
  manager: EntityManager,
  assistants: AssistantsService,
  { assistantId, correctionId }: MemoryEntry,
): Promise<PromptTurn[] | undefined> {
  const correction = await manager.findOneBy(Correction, { id: correctionId });
  const answer = correction && (await manager.findOneBy(Message, { id: correction.messageId }));
  const question = answer?.replyToId ? await manager.findOneBy(Message, { id: answer.replyToId }) : null;
  if (!answer || !question) return undefined;
  const earlier = await earlierMessages(manager, question, answer.promptFromSeq ?? undefined);
  const instructions = await assistants.activePrompt(assistantId, manager);
  return buildTurns(instructions, earlier, question.text);
}
