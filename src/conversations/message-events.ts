// What customers do with messages: send, stop, have written again, and read what was said.
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Runtime } from '../config/runtime.js';
import type { Message } from '../database/entities/message.entity.js';
import { Answers, type Audience } from './answers.js';
import type { historySchema, sendSchema } from './chat.schema.js';
import { ConversationsError } from './conversations-error.js';
import { LiveAnswers } from './live-answers.js';
import { toDone, toHistoryEntry } from './message-view.js';
import { Messages } from './messages.js';
import { Rooms } from './rooms.js';
import type { historySliceSchema, retriedSchema, sentSchema } from './server-events.schema.js';
import type { Caller, Session } from './session.js';

@Injectable()
export class MessageEvents {
  constructor(
    private readonly messages: Messages,
    private readonly answers: Answers,
    private readonly live: LiveAnswers,
    private readonly rooms: Rooms,
    private readonly runtime: Runtime,
  ) {}

  /** @throws ConversationsError `message.too_long`, those of `Answers.checkOpen` and `Messages.accept` */
  async send(
    { session, socketId }: Caller,
    { clientMessageId, text }: z.infer<typeof sendSchema>,
  ): Promise<z.infer<typeof sentSchema>> {
    this.answers.checkOpen(session.siteKey);
    this.checkLength(text);
    const conversationId = session.conversation.id;
    const { message, answer, repeated } = await this.messages.accept(conversationId, clientMessageId, text);
    if (!repeated) this.rooms.tell(conversationId, 'message:done', toDone(message), socketId);
    // The first thing it does is to wait for the database, so the ack of this event leaves before any delta.
    if (answer) this.begin(session, answer, message);
    return { conversationId, messageId: message.id, seq: message.seq };
  }

  /** One that has ended already is stopped, too. @throws ConversationsError `message.unknown` */
  async stop({ conversation: { id } }: Session, messageId: string): Promise<object> {
    if (!this.live.stop(id, messageId)) await this.messages.require(id, messageId);
    return {};
  }

  /** Writes an answer again in its place. @throws ConversationsError those of `Answers.checkOpen` and `Messages.reopen` */
  async retry(session: Session, messageId: string): Promise<z.infer<typeof retriedSchema>> {
    this.answers.checkOpen(session.siteKey);
    const answer = await this.messages.reopen(session.conversation.id, messageId);
    this.begin(session, answer);
    return { messageId, seq: answer.seq };
  }

  async history(
    { conversation: { id } }: Session,
    { after, limit }: z.output<typeof historySchema>,
  ): Promise<z.infer<typeof historySliceSchema>> {
    const history = await this.messages.history(id, after, limit);
    // What is being written is looked at last: nothing can be shown between this and the ack.
    return {
      messages: history.map(({ message, rating }) => toHistoryEntry(message, rating, this.live.get(message.id))),
    };
  }

  private begin({ assistant, siteKey, conversation }: Session, answer: Message, question?: Message): void {
    const fair = { site: siteKey, customer: conversation.customerId };
    const audience = this.audienceOf(conversation.id);
    this.answers.begin({ assistantId: assistant.id, fair, answer, question, audience });
  }

  private audienceOf(conversationId: string): Audience {
    return {
      queued: (messageId, position) => this.rooms.tell(conversationId, 'queue', { messageId, position }),
      delta: (delta) => this.rooms.delta(conversationId, delta),
      done: (answer) => this.rooms.tell(conversationId, 'message:done', toDone(answer)),
      failed: (messageId, error) => this.rooms.tell(conversationId, 'message:error', { messageId, error }),
    };
  }

  private checkLength(text: string): void {
    const limit = this.runtime.environment.CHAT_MAX_MESSAGE_CHARS;
    // Characters as people count them are at least half of UTF-16's; the cheap look first.
    if (text.length <= limit || (text.length <= 2 * limit && [...text].length <= limit)) return;
    throw new ConversationsError('message.too_long', `A message may have at most ${limit} characters.`);
  }
}
