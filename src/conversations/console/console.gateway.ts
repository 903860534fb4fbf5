// The `/console` namespace of socket.io (docs/console-protocol.md): what changed, who looks at what, and the conversations that an agent watches
// as they are being written. A role that is taken away is gone here within seconds, too.
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
import type { Subscription } from 'rxjs';
import { RetuneError } from '../../config/retune-error.js';
import { answerEvent, contractErrorOf, refusal, splitArguments } from '../ack.js';
import { cutIfStuck } from '../backlog.js';
import { ConversationsError } from '../conversations-error.js';
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
  private readonly logger = new Logger('Console');
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
    namespace.use((socket, next) => {
      this.admit(socket).then(
        () => next(),
        (error: unknown) => next(refusal(error)),
      );
    });
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
    const { headers, auth, address } = socket.handshake;
    const forwarded = headers['x-forwarded-for'];
    const forwardedFor = Array.isArray(forwarded) ? forwarded.join(',') : forwarded;
    socket.data = await this.admission.admit({ auth, remoteAddress: address, forwardedFor });
    await joinAssistants(socket, await this.admission.actorOf(socket.data));
  }

  private welcome(socket: ConsoleSocket): void {
    for (const { assistantId, conversationId, people } of this.watchers.all()) {
      if (!roomsOfAssistant(assistantId).some((room) => socket.rooms.has(room))) continue;
      socket.emit('presence', { conversationId, people });
    }
    const caller = { socket, tellPresence: (presence: Presence) => this.tellPresence(presence) };
    socket.onAny((name: string, ...args: unknown[]) => {
      if (cutIfStuck(socket)) return;
      const event = this.events.table.get(name);
      if (event) return void answerEvent(args, (payload) => this.events.run(event, caller, payload));
      const error = contractErrorOf(new ConversationsError('event.unknown', 'There is no such event.'));
      splitArguments(args).ack({ ok: false, error });
    });
    socket.on('disconnect', () => {
      for (const id of this.watchers.of(socket.id)) this.leave(id, socket.id);
    });
    socket.on('error', (error: Error) => this.logger.warn(`A console's connection failed: ${error.message}`));
  }

  /** @param rooms none: to everybody */
  private emit(rooms: string | string[], event: string, payload: object): void {
    if (!this.namespace) return;
    const ids = typeof rooms === 'string' ? (this.namespace.adapter.rooms.get(rooms) ?? []) : [];
    for (const id of ids) {
      const socket = this.namespace.sockets.get(id);
      if (socket) cutIfStuck(socket);
    }
    this.namespace.to(rooms).emit(event, payload);
  }

  private tellPresence({ assistantId, conversationId, people }: Presence): void {
    this.emit(roomsOfAssistant(assistantId), 'presence', { conversationId, people });
  }

  private leave(conversationId: string, socketId: string): void {
    const presence = this.watchers.leave(conversationId, socketId);
    if (presence) this.tellPresence(presence);
  }

  /** Looks again at everybody who is here: signed out, deactivated, other roles, a token that has ended. */
  private async recheck(): Promise<void> {
    await Promise.all([...(this.namespace?.sockets.values() ?? [])].map((socket) => this.recheckOne(socket)));
  }

  private async recheckOne(socket: ConsoleSocket): Promise<void> {
    try {
      const actor = await this.admission.actorOf(socket.data);
      await joinAssistants(socket, actor);
      const watched = new Set(this.watchers.of(socket.id));
      for (const { conversationId, assistantId } of this.watchers.all()) {
        if (!watched.has(conversationId) || actor.may('agent', assistantId)) continue;
        await socket.leave(roomOfConversation(conversationId));
        this.leave(conversationId, socket.id);
      }
    } catch (error) {
      // Closed below socket.io's own farewell, so that a client comes back by itself, with the token that it has then.
      if (error instanceof RetuneError) socket.conn.close();
    }
  }
}
