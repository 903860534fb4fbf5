// The `/chat` namespace of socket.io: the public contract. Everything said in a conversation goes to its room, so that
// several tabs and a client that comes back see the same.
import { Logger } from '@nestjs/common';
import { OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
import type { DefaultEventsMap, Namespace, Socket } from 'socket.io';
import type { z } from 'zod';
import { RatingsService } from '../feedback/ratings.service.js';
import { Lines } from '../config/lines.js';
import { Runtime } from '../config/runtime.js';
import { answerEvent, contractErrorOf, splitArguments } from './ack.js';
import { Answers, type Audience } from './answers.js';
import { handshakeSchema, historySchema, ratingSchema, sendSchema, stopSchema } from './chat.schema.js';
import { Conversations, type Session } from './conversations.js';
import { ConversationsError } from './conversations-error.js';
import { LiveAnswers } from './live-answers.js';
import { toDone, toHistoryEntry } from './message-view.js';
import { Messages } from './messages.js';

type Events = DefaultEventsMap;
type SocketData = { session?: Session };
type ChatSocket = Socket<Events, Events, Events, SocketData>;
type ChatNamespace = Namespace<Events, Events, Events, SocketData>;
type Sent = z.infer<typeof sendSchema>;

/** Messages of one conversation that may wait to be taken. */
const SENDING_MAX = 32;
const EVENTS = ['message:send', 'message:stop', 'rating:set', 'history:get'];

@WebSocketGateway({ namespace: 'chat', cors: { origin: '*' } })
export class ChatGateway implements OnGatewayInit<ChatNamespace> {
  private readonly logger = new Logger('Chat');
  private readonly sending = new Lines();
  private namespace!: ChatNamespace;

  constructor(
    private readonly conversations: Conversations,
    private readonly messages: Messages,
    private readonly answers: Answers,
    private readonly live: LiveAnswers,
    private readonly ratings: RatingsService,
    private readonly runtime: Runtime,
  ) {}

  afterInit(namespace: ChatNamespace): void {
    this.namespace = namespace;
    namespace.use((socket, next) => {
      this.admit(socket).then(
        () => next(),
        (error: unknown) => next(refusal(error)),
      );
    });
    namespace.on('connection', (socket) => this.welcome(socket));
  }

  private async admit(socket: ChatSocket): Promise<void> {
    const handshake = handshakeSchema.safeParse(socket.handshake.auth);
    if (!handshake.success) {
      const reasons = handshake.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
      throw new ConversationsError('auth.malformed', `The handshake's auth is not valid. ${reasons}`);
    }
    socket.data.session = await this.conversations.admit(handshake.data);
  }

  private welcome(socket: ChatSocket): void {
    const { session } = socket.data;
    if (!session) return void socket.disconnect(true);
    const { conversation, token, assistant } = session;
    void socket.join(conversation.id);
    socket.emit('session', {
      conversationId: conversation.id,
      token,
      assistant: { slug: assistant.slug, name: assistant.name, greeting: assistant.greeting },
    });
    socket.emit('handover', { state: conversation.handover });
    this.listen(socket, session);
  }

  private listen(socket: ChatSocket, session: Session): void {
    const conversationId = session.conversation.id;
    socket.on('message:send', (...args: unknown[]) => {
      void answerEvent(args, sendSchema, (sent) => this.sendInLine(socket, session, sent));
    });
    socket.on('message:stop', (...args: unknown[]) => {
      void answerEvent(args, stopSchema, async ({ messageId }) => {
        // One that has ended already is stopped, too.
        if (!this.live.stop(conversationId, messageId)) await this.messages.require(conversationId, messageId);
        return {};
      });
    });
    socket.on('rating:set', (...args: unknown[]) => {
      void answerEvent(args, ratingSchema, async (rating) => {
        await this.ratings.setRating({ ...rating, raterKind: 'customer', raterId: conversationId, conversationId });
        return {};
      });
    });
    socket.on('history:get', (...args: unknown[]) => {
      void answerEvent(args, historySchema, async ({ after, limit }) => {
        const history = await this.messages.history(conversationId, after, limit);
        // What is being written is looked at last: nothing can be shown between this and the ack.
        return {
          messages: history.map(({ message, rating }) => toHistoryEntry(message, rating, this.live.get(message.id))),
        };
      });
    });
    socket.onAny((event: string, ...args: unknown[]) => {
      if (EVENTS.includes(event)) return;
      const error = contractErrorOf(new ConversationsError('event.unknown', 'There is no such event.'));
      splitArguments(args).ack({ ok: false, error });
    });
    socket.on('error', (error: Error) => this.logger.warn(`A client's connection failed: ${error.message}`));
  }

  /** Messages are taken in the order they were sent: on two database connections the later one could be first. */
  private sendInLine(socket: ChatSocket, session: Session, sent: Sent): Promise<object> {
    const { id } = session.conversation;
    if (this.sending.lengthOf(id) >= SENDING_MAX) {
      throw new ConversationsError('conversation.busy', 'Too many messages at once. Please wait a moment.');
    }
    return this.sending.run(id, () => this.send(socket, session, sent));
  }

  private async send(socket: ChatSocket, { conversation, assistant }: Session, sent: Sent): Promise<object> {
    this.answers.checkOpen();
    this.checkLength(sent.text);
    const { id: conversationId } = conversation;
    const { message, answer, repeated } = await this.messages.accept(conversationId, sent.clientMessageId, sent.text);
    if (!repeated) {
      socket.to(conversationId).emit('message:done', { ...toDone(message), clientMessageId: sent.clientMessageId });
    }
    // The first thing it does is to wait for the database, so the ack of this event leaves before any delta.
    if (answer) this.answers.begin(assistant.id, answer, this.audienceOf(conversationId));
    return { conversationId, messageId: message.id, seq: message.seq };
  }

  private checkLength(text: string): void {
    const limit = this.runtime.environment.CHAT_MAX_MESSAGE_CHARS;
    // Characters as people count them are at least half of UTF-16's; the cheap look first.
    if (text.length <= limit || (text.length <= 2 * limit && [...text].length <= limit)) return;
    throw new ConversationsError('message.too_long', `A message may have at most ${limit} characters.`);
  }

  private audienceOf(conversationId: string): Audience {
    const room = () => this.namespace.to(conversationId);
    return {
      delta: (event) => room().emit('message:delta', event),
      done: (answer) => room().emit('message:done', toDone(answer)),
      failed: (messageId, error) => room().emit('message:error', { messageId, error }),
    };
  }
}

/** What a refused client gets as `connect_error`: an Error whose `data` is the contract's error. */
function refusal(error: unknown): Error {
  const data = contractErrorOf(error);
  return Object.assign(new Error(data.message), { data });
}
