// The `/console` namespace of socket.io (docs/console-protocol.md): what changed, who looks at what, and the conversations that an agent watches
// as they are being written. A role that is taken away is gone here within seconds, too.
import type { OnApplicationShutdown } from '@nestjs/common';
import { OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
import type { Subscription } from 'rxjs';
import { RetuneError } from '../../config/retune-error.js';
import { admitBy, listen } from '../ack.js';
import { cutIfStuck } from '../backlog.js';
import { knockOf } from '../knock.js';
import { Rooms } from '../rooms.js';
import { ChangeFeed } from './change-feed.js';
import { ConsoleAdmission } from './console-admission.js';
import { ConsoleEvents } from './console-events.js';
import {
  joinAssistants,
  roomOfConversation,
  roomsOfAssistant,
  type ConsoleNamespace,
  type ConsoleSocket,
} from './console-socket.js';
import { Watchers, type Presence } from './watchers.js';

const RECHECK_MS = 10_000;

@WebSocketGateway({ namespace: 'console' })
export class ConsoleGateway implements OnGatewayInit<ConsoleNamespace>, OnApplicationShutdown {
  private namespace: ConsoleNamespace | undefined;
  private readonly hearing: Subscription[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly admission: ConsoleAdmission,
    private readonly events: ConsoleEvents,
    private readonly watchers: Watchers,
    private readonly rooms: Rooms,
    private readonly changes: ChangeFeed,
  ) {}

  afterInit(namespace: ConsoleNamespace): void {
    this.namespace = namespace;
    admitBy(namespace, (socket) => this.admit(socket));
    namespace.on('connection', (socket) => this.welcome(socket));
    this.hearing.push(
      this.rooms.told$.subscribe(({ conversationId, event, payload }) => {
        this.emit(roomOfConversation(conversationId), event, { conversationId, ...payload });
      }),
      this.changes.told$.subscribe(({ assistantId, changed }) => {
        this.emit(assistantId === null ? [] : roomsOfAssistant(assistantId), 'changed', changed);
      }),
    );
    this.timer = setInterval(() => void this.recheck(), RECHECK_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    for (const hearing of this.hearing) hearing.unsubscribe();
  }

  private async admit(socket: ConsoleSocket): Promise<void> {
    const { data, actor } = await this.admission.admit(knockOf(socket.handshake));
    socket.data = data;
    await joinAssistants(socket, actor);
  }

  private welcome(socket: ConsoleSocket): void {
    for (const { assistantId, conversationId, people } of this.watchers.all()) {
      if (!roomsOfAssistant(assistantId).some((room) => socket.rooms.has(room))) continue;
      socket.emit('presence', { conversationId, people });
    }
    const caller = { socket, tellPresence: this.tellPresence };
    listen(socket, this.events.table, (event, payload) => this.events.run(event, caller, payload));
    socket.on('disconnect', () => {
      for (const { conversationId } of this.watchers.of(socket.id)) void this.events.unwatch(caller, conversationId);
    });
  }

  /** @param rooms none: to everybody */
  private emit(rooms: string | string[], event: string, payload: object): void {
    if (!this.namespace) return;
    const ids = typeof rooms === 'string' ? this.namespace.adapter.rooms.get(rooms) : [];
    // socket.io would encode it even where nobody watches the conversation.
    if (!ids) return;
    for (const id of ids) {
      const socket = this.namespace.sockets.get(id);
      if (socket) cutIfStuck(socket);
    }
    this.namespace.to(rooms).emit(event, payload);
  }

  private readonly tellPresence = ({ assistantId, conversationId, people }: Presence): void => {
    this.emit(roomsOfAssistant(assistantId), 'presence', { conversationId, people });
  };

  /** Looks again at everybody who is here: signed out, deactivated, other roles, a token that has ended. */
  private async recheck(): Promise<void> {
    await Promise.all([...(this.namespace?.sockets.values() ?? [])].map((socket) => this.recheckOne(socket)));
  }

  private async recheckOne(socket: ConsoleSocket): Promise<void> {
    try {
      const actor = await this.admission.actorOf(socket.data);
      await joinAssistants(socket, actor);
      for (const { conversationId, assistantId } of this.watchers.of(socket.id)) {
        if (actor.may('agent', assistantId)) continue;
        await this.events.unwatch({ socket, tellPresence: this.tellPresence }, conversationId);
      }
    } catch (error) {
      // Closed below socket.io's own farewell, so that a client comes back by itself, with the token that it has then.
      if (error instanceof RetuneError) socket.conn.close();
    }
  }
}
