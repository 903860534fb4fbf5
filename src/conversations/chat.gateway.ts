// The `/chat` namespace of socket.io: the public contract (docs/chat-protocol.md). Everything said in a conversation goes to its room,
// so that several tabs and a client that comes back see the same.
import { OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
import { Runtime } from '../config/runtime.js';
import { admitBy, listen } from './ack.js';
import { Admission } from './admission.js';
import { NOTE_CHARS_MAX } from './chat.schema.js';
import { ClientEvents } from './client-events.js';
import { toHandoverView } from './handovers.js';
import { knockOf, oneHeader } from './knock.js';
import { Rooms, type ChatNamespace, type ChatSocket } from './rooms.js';
import type { Session } from './session.js';

@WebSocketGateway({ namespace: 'chat', cors: { origin: '*' } })
export class ChatGateway implements OnGatewayInit<ChatNamespace> {
  constructor(
    private readonly admission: Admission,
    private readonly events: ClientEvents,
    private readonly rooms: Rooms,
    private readonly runtime: Runtime,
  ) {}

  afterInit(namespace: ChatNamespace): void {
    this.rooms.open(namespace);
    admitBy(namespace, (socket) => this.admit(socket));
    namespace.on('connection', (socket) => this.welcome(socket));
  }

  private async admit(socket: ChatSocket): Promise<void> {
    const { origin, host, 'sec-fetch-site': fetchSite } = socket.handshake.headers;
    const source = { origin, host, fetchSite: oneHeader(fetchSite) };
    socket.data.session = await this.admission.admit(knockOf(socket.handshake), source);
  }

  private welcome(socket: ChatSocket): void {
    const { session } = socket.data;
    if (!session) return void socket.disconnect(true);
    void socket.join(session.conversation.id);
    socket.emit('session', this.sessionView(session));
    socket.emit('handover', toHandoverView(session.conversation));
    const caller = { session, socketId: socket.id };
    listen(socket, this.events.table, (event, payload) => this.events.run(event, caller, payload));
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
}
