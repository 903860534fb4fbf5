// The messages of conversations in the database. A customer's message and the row of its answer are committed together,
// before anybody is told, so that nothing acknowledged can be lost.
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, In, IsNull, LessThan, MoreThan, Not, type EntityManager } from 'typeorm';
import { recordAudit } from '../access/audit/record-audit.js';
import { earlierMessages } from '../assistants/earlier-messages.js';
import { Conversation } from '../database/entities/conversation.entity.js';
import { Correction } from '../database/entities/correction.entity.js';
import { Message, type MessageStatus } from '../database/entities/message.entity.js';
import { Rating } from '../database/entities/rating.entity.js';
import { ConversationsError } from './conversations-error.js';
import { lockedConversation } from './locked-conversation.js';

/** Answers of one conversation that may be unfinished; a customer who sends more has to wait. */
const UNFINISHED_MAX = 5;

export interface Accepted {
  message: Message;
  /** It was accepted before, under the same client id. */
  repeated: boolean;
  /** The answer to write now; undefined for a repeat, or when an agent has taken over. */
  answer?: Message;
}

/** What an answer came to. */
export type Outcome = Pick<
  Message,
  | 'text'
  | 'status'
  | 'adapterVersion'
  | 'promptVersion'
  | 'promptFromSeq'
  | 'finishReason'
  | 'memoryHits'
  | 'usage'
  | 'latencyMs'
>;

@Injectable()
export class Messages {
  constructor(private readonly database: DataSource) {}

  /**
   * Takes a customer's message. The same client id again finds the first one.
   * @throws ConversationsError `conversation.busy`, `auth.unknown_conversation`
   */
  accept(conversationId: string, clientMessageId: string, text: string): Promise<Accepted> {
    return this.database.transaction(async (manager) => {
      // The row lock gives out `seq` without gaps and makes a repeat wait for its first.
      const conversation = await lockedConversation(manager, conversationId, 'auth.unknown_conversation');
      // One question for both: the customer waits for every trip to the database.
      const found = await manager.findBy(Message, [
        { conversationId, clientMessageId },
        { conversationId, status: 'writing' },
      ]);
      const message = found.find((each) => each.clientMessageId === clientMessageId);
      if (message) return { message, repeated: true };
      assertFewUnfinished(found.length);
      return insertWithAnswer(manager, conversation, clientMessageId, text);
    });
  }

  /** The newest messages before one, oldest first: as many as a prompt may show. */
  before(question: Message): Promise<Message[]> {
    return earlierMessages(this.database.manager, question);
  }

  /**
   * Writes down what an answer came to, if it is still being written: an agent's take-over has ended it otherwise. A second time, after
   * a connection was lost, is the same.
   * @returns whether it stands
   */
  async finish(answerId: string, outcome: Outcome): Promise<boolean> {
    const { manager } = this.database;
    const { affected } = await manager.update(Message, { id: answerId, status: 'writing' }, outcome);
    if (affected) return true;
    // A take-over ends it with the same text, but for its own reason.
    const { status, text, finishReason } = outcome;
    return manager.existsBy(Message, { id: answerId, status, text, finishReason: finishReason ?? IsNull() });
  }

  /**
   * Makes an answer that came to nothing one that is being written again: the same message in the same place.
   * @throws ConversationsError `message.unknown`, `message.not_retryable`, `conversation.busy`, `auth.unknown_conversation`
   */
  reopen(conversationId: string, id: string): Promise<Message> {
    return this.database.transaction(async (manager) => {
      const { handover } = await lockedConversation(manager, conversationId, 'auth.unknown_conversation');
      const answer = await manager.findOneBy(Message, { id, conversationId });
      if (!answer) throw unknownMessage();
      if (handover === 'agent' || !isRetryable(answer) || (await isJudged(manager, id))) {
        const sentence =
          'Only an answer that was stopped, failed or was interrupted, and was not rated, can be written again.';
        throw new ConversationsError('message.not_retryable', sentence);
      }
      assertFewUnfinished(await manager.countBy(Message, { conversationId, status: 'writing' }));
      const nothing = { finishReason: null, usage: null, latencyMs: null, memoryHits: null };
      // Its time is now: an old one that is `writing` would count as abandoned.
      const fresh = { ...nothing, text: '', status: 'writing', createdAt: new Date() } as const;
      await manager.update(Message, id, fresh);
      return Object.assign(answer, fresh);
    });
  }

  /**
   * Takes an agent's message. The same client id again finds the first one.
   * @throws ConversationsError `conversation.unknown`, `conversation.not_yours`
   */
  acceptFromAgent(
    conversationId: string,
    { agentName, text, clientMessageId }: { agentName: string; text: string; clientMessageId?: string },
  ): Promise<{ message: Message; repeated: boolean }> {
    return this.database.transaction(async (manager) => {
      const conversation = await lockedConversation(manager, conversationId, 'conversation.unknown');
      const known = clientMessageId && (await manager.findOneBy(Message, { conversationId, clientMessageId }));
      if (known && known.role === 'agent') return { message: known, repeated: true };
      if (conversation.handover !== 'agent' || conversation.agentName !== agentName) {
        throw new ConversationsError('conversation.not_yours', 'Take the conversation over before you write in it.');
      }
      const seq = conversation.lastSeq + 1;
      await manager.update(Conversation, conversationId, { lastSeq: seq });
      const fresh = {
        conversationId,
        seq,
        role: 'agent',
        text,
        status: 'complete',
        agentName,
        clientMessageId,
      } as const;
      const message = await manager.save(manager.create(Message, fresh));
      await recordAudit(manager, {
        ...{ actor: agentName, action: 'message.write', assistantId: conversation.assistantId },
        ...{ target: { kind: 'message', id: message.id }, after: { conversationId, seq } },
      });
      return { message, repeated: false };
    });
  }

  /** Messages after a seq, oldest first, each with the customer's rating. */
  async history(
    conversationId: string,
    after: number,
    limit: number,
  ): Promise<{ message: Message; rating?: Rating }[]> {
    const { manager } = this.database;
    const messages = await manager.find(Message, {
      where: { conversationId, seq: MoreThan(after) },
      order: { seq: 'ASC' },
      take: limit,
    });
    const answers = messages.filter(({ role }) => role !== 'customer').map(({ id }) => id);
    const mine = { messageId: In(answers), raterKind: 'customer' as const, raterId: conversationId };
    const ratings = answers.length > 0 ? await manager.findBy(Rating, mine) : [];
    return messages.map((message) => ({
      message,
      rating: ratings.find(({ messageId }) => messageId === message.id),
    }));
  }

  /** @throws ConversationsError `message.unknown` when the conversation has no such message */
  async require(conversationId: string, id: string): Promise<Message> {
    const found = await this.database.manager.findOneBy(Message, { id, conversationId });
    if (found) return found;
    throw unknownMessage();
  }

  /** Ends answers that nobody writes any more (the process that did is gone). @returns how many */
  async interruptAbandoned(olderThan: Date, stillWritten: string[]): Promise<number> {
    const writing: MessageStatus = 'writing';
    const { affected } = await this.database.manager.update(
      Message,
      {
        status: writing,
        createdAt: LessThan(olderThan),
        ...(stillWritten.length > 0 ? { id: Not(In(stillWritten)) } : {}),
      },
      { status: 'interrupted' },
    );
    return affected ?? 0;
  }
}

/** A customer's message and the row of its answer, in one statement; their ids are made here, so that one can name the other. */
async function insertWithAnswer(
  manager: EntityManager,
  { id: conversationId, lastSeq, handover }: Conversation,
  clientMessageId: string,
  text: string,
): Promise<Accepted> {
  const message = manager.create(Message, {
    ...{ id: randomUUID(), conversationId, seq: lastSeq + 1 },
    ...{ role: 'customer', text, status: 'complete', clientMessageId },
  });
  const reply = { id: randomUUID(), conversationId, seq: lastSeq + 2, replyToId: message.id };
  // While an agent is waited for, the assistant goes on: nobody should get no answer at all.
  const isAnswered = handover !== 'agent';
  const answer = isAnswered
    ? manager.create(Message, { ...reply, role: 'assistant', text: '', status: 'writing' })
    : undefined;
  const made = answer ? [message, answer] : [message];
  await manager.insert(Message, made);
  await manager.update(Conversation, conversationId, { lastSeq: lastSeq + made.length });
  return { message, repeated: false, answer };
}

function assertFewUnfinished(unfinished: number): void {
  if (unfinished < UNFINISHED_MAX) return;
  throw new ConversationsError('conversation.busy', 'Please wait for the answers to your earlier messages.');
}

function isRetryable({ role, status }: Message): boolean {
  return role === 'assistant' && ['stopped', 'failed', 'interrupted'].includes(status);
}

/** What people said about a text must not come to stand beside another one. */
async function isJudged(manager: EntityManager, messageId: string): Promise<boolean> {
  return (await manager.existsBy(Rating, { messageId })) || (await manager.existsBy(Correction, { messageId }));
}

function unknownMessage(): ConversationsError {
  return new ConversationsError('message.unknown', 'This conversation has no such message.');
}
