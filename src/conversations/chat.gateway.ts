// The `/chat` namespace of socket.io: the public contract (docs/chat-protocol.md). Everything said in a conversation goes to its room,
// so that several tabs and a client that comes back see the same.
import { Logger } from '@nestjs/common';
import { OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
import { Runtime } from '../config/runtime.js';
import { answerEvent, contractErrorOf, refusal, splitArguments } from './ack.js';
import { Admission } from './admission.js';
import { cutIfStuck } from './backlog.js';
import { NOTE_CHARS_MAX } from './chat.schema.js';
import { ClientEvents, type ClientEvent } from './client-events.js';
import { ConversationsError } from './conversations-error.js';
import { toHandoverView } from './handovers.js';
import { Rooms, type ChatNamespace, type ChatSocket } from './rooms.js';
import type { Caller, Session } from './session.js';

@WebSocketGateway({ namespace: 'chat', cors: { origin: '*' } })
export class ChatGateway implements OnGatewayInit<ChatNamespace> {
  private readonly logger = new Logger('Chat');

  constructor(
    private readonly admission: Admission,
    private readonly events: ClientEvents,
    private readonly rooms: Rooms,
    private readonly runtime: Runtime,
  ) {}

  afterInit(namespace: ChatNamespace): void {
    this.rooms.open(namespace);
    namespace.use((socket, next) => {
      this.admit(socket).then(
        () => next(),
        (error: unknown) => next(refusal(error)),
      );
    });
    namespace.on('connection', (socket) => this.welcome(socket));
  }

  private async admit(socket: ChatSocket): Promise<void> {
    const { headers, auth, address } = socket.handshake;
    socket.data.session = await this.admission.admit({
      auth,
      remoteAddress: address,
      forwardedFor: text(headers['x-forwarded-for']),
      origin: headers.origin,
      host: headers.host,
      fetchSite: text(headers['sec-fetch-site']),
    });
  }

  private welcome(socket: ChatSocket): void {
    const { session } = socket.data;
    if (!session) return void socket.disconnect(true);
    void socket.join(session.conversation.id);
    socket.emit('session', this.sessionView(session));
    socket.emit('handover', toHandoverView(session.conversation));
    this.listen(socket, { session, socketId: socket.id });
  }

  private sessionView({ conversation, token, assistant, identity }: Session) {
    const { slug, name, greeting } = assistant;
    return {
      ...{ conversationId: conversation.id, token, assistant: { slug, name, greeting } },
      handover: toHandoverView(conversation),
      limits: { messageChars: this.runtime.environment.CHAT_MAX_MESSAGE_CHARS, noteChars: NOTE_CHARS_MAX },
      identified: identity !== undefined,
    };
  }

  private listen(socket: ChatSocket, caller: Caller): void {
    socket.onAny((name: string, ...args: unknown[]) => {
      // Who asks and doesn't read the answers is asked nothing more.
      if (cutIfStuck(socket)) return;
      const event = this.events.table.get(name);
      if (event) void this.answer(event, caller, args);
      else {
        const error = contractErrorOf(new ConversationsError('event.unknown', 'There is no such event.'));
        splitArguments(args).ack({ ok: false, error });
      }
    });
    socket.on('error', (error: Error) => this.logger.warn(`A client's connection failed: ${error.message}`));
  }

  private answer(event: ClientEvent, caller: Caller, args: unknown[]): Promise<void> {
    return answerEvent(args, (payload) => this.events.run(event, caller, payload));
  }
}

/** One header, also where it was sent several times. */
function text(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}
