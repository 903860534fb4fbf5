// Says things to everybody who is in a conversation: its tabs, its devices. Clients that don't read are left out before they cost memory.
import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { DefaultEventsMap, Namespace, Socket } from 'socket.io';
import { backlogBytes, cutIfStuck, DELTAS_BYTES_MAX } from './backlog.js';
import type { RoomEvents } from './server-events.schema.js';
import type { Session } from './session.js';

export interface SocketData {
  session?: Session;
  /** The answer of which this client has missed deltas: it gets none of its later ones, for they would leave a gap. */
  missed?: string;
}
export type ChatSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>;
export type ChatNamespace = Namespace<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>;

/** What was said to a conversation's room. */
export interface Told {
  conversationId: string;
  event: keyof RoomEvents;
  payload: RoomEvents[keyof RoomEvents];
}

@Injectable()
export class Rooms {
  /** All that is said, for whoever looks on: agents' consoles. */
  readonly told$ = new Subject<Told>();
  private namespace: ChatNamespace | undefined;

  /** Before this, nobody is there to hear anything. */
  open(namespace: ChatNamespace): void {
    this.namespace = namespace;
  }

  /** @param exceptSocketId who said it, and knows it from the ack */
  tell<E extends keyof RoomEvents>(
    conversationId: string,
    event: E,
    payload: RoomEvents[E],
    exceptSocketId?: string,
  ): void {
    this.tellWatchers(conversationId, event, payload);
    if (!this.namespace) return;
    for (const socket of this.socketsOf(conversationId)) cutIfStuck(socket);
    const room = this.namespace.to(conversationId);
    (exceptSocketId === undefined ? room : room.except(exceptSocketId)).emit(event, payload);
  }

  /** Only to those who look on. */
  tellWatchers<E extends keyof RoomEvents>(conversationId: string, event: E, payload: RoomEvents[E]): void {
    this.told$.next({ conversationId, event, payload });
  }

  /** A piece of an answer: clients that are behind go without, and get the whole text at its end. */
  delta(conversationId: string, delta: RoomEvents['message:delta']): void {
    this.tellWatchers(conversationId, 'message:delta', delta);
    if (!this.namespace) return;
    const behind = this.socketsOf(conversationId).filter((socket) => isBehind(socket, delta));
    this.namespace
      .to(conversationId)
      .except(behind.map(({ id }) => id))
      .emit('message:delta', delta);
  }

  /** This node's clients in a conversation. */
  private socketsOf(conversationId: string): ChatSocket[] {
    const ids = this.namespace?.adapter.rooms.get(conversationId) ?? [];
    return [...ids].flatMap((id) => this.namespace?.sockets.get(id) ?? []);
  }
}

function isBehind(socket: ChatSocket, { messageId, index }: RoomEvents['message:delta']): boolean {
  const { data } = socket;
  if (index === 0 || data.missed !== messageId) {
    data.missed = backlogBytes(socket) > DELTAS_BYTES_MAX ? messageId : undefined;
  }
  return data.missed === messageId;
}
