// What a console may ask for over its socket: one table from the event's name to its payload and what it does. Who asks, and whether they may,
// is looked up each time.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { AccessError, mayOnlyLook } from '../../access/access-error.js';
import type { Actor } from '../../access/actor.js';
import { Conversation } from '../../database/entities/conversation.entity.js';
import { parsePayload } from '../ack.js';
import { Rooms } from '../rooms.js';
import { roomOfConversation, type ConsoleSocket } from './console-socket.js';
import { renewSchema, typingSchema, watchSchema } from './console.schema.js';
import { ConsoleAdmission } from './console-admission.js';
import { Watchers, type Presence } from './watchers.js';

/** Conversations that one connection may watch; who watches more leaves the first. */
const WATCHED_MAX = 20;

export interface ConsoleCaller {
  socket: ConsoleSocket;
  actor: Actor;
  /** Says who looks at a conversation now. */
  tellPresence: (presence: Presence) => void;
}

export interface ConsoleEvent<S extends z.ZodType = z.ZodType> {
  schema: S;
  /** @returns what the ack holds beside `ok` */
  run: (caller: ConsoleCaller, payload: z.output<S>) => Promise<object>;
}

@Injectable()
export class ConsoleEvents {
  /** All events that there are. */
  readonly table: ReadonlyMap<string, ConsoleEvent>;

  constructor(
    private readonly admission: ConsoleAdmission,
    private readonly watchers: Watchers,
    private readonly rooms: Rooms,
    private readonly database: DataSource,
  ) {
    this.table = consoleEventTable(this);
  }

  /** @throws RetuneError whatever it is refused for */
  async run(event: ConsoleEvent, caller: Omit<ConsoleCaller, 'actor'>, payload: unknown): Promise<object> {
    const actor = await this.admission.actorOf(caller.socket.data);
    return event.run({ ...caller, actor }, parsePayload(event.schema, payload));
  }

  /** Lets a console hear what is said in a conversation, as its customer does, and says that somebody looks at it. */
  async watch({ socket, actor, tellPresence }: ConsoleCaller, conversationId: string) {
    const { assistantId } = await this.conversationOf(actor, conversationId);
    const [oldest, ...others] = this.watchers.of(socket.id);
    if (oldest && others.length + 1 >= WATCHED_MAX) await this.unwatch({ socket, tellPresence }, oldest.conversationId);
    await socket.join(roomOfConversation(conversationId));
    // The connection may have ended meanwhile; nothing would take its name away again.
    if (!socket.connected) return this.unwatch({ socket, tellPresence }, conversationId);
    const presence = this.watchers.enter(conversationId, { assistantId, socketId: socket.id, name: actor.name });
    tellPresence(presence);
    return { people: presence.people };
  }

  /** Also after the connection has ended. */
  async unwatch({ socket, tellPresence }: Omit<ConsoleCaller, 'actor'>, conversationId: string): Promise<object> {
    await socket.leave(roomOfConversation(conversationId));
    const presence = this.watchers.leave(conversationId, socket.id);
    if (presence) tellPresence(presence);
    return {};
  }

  /** The customer sees it of the agent who has taken over; who looks at the conversation, of everybody. */
  async typing({ actor }: ConsoleCaller, { conversationId, isTyping }: z.output<typeof typingSchema>): Promise<object> {
    if (actor.readOnly) throw mayOnlyLook();
    const { handover, agentName } = await this.conversationOf(actor, conversationId);
    const typing = { from: 'agent', agentName: actor.name, isTyping } as const;
    if (handover === 'agent' && agentName === actor.name) this.rooms.tell(conversationId, 'typing', typing);
    else this.rooms.tellWatchers(conversationId, 'typing', typing);
    return {};
  }

  /** A token that comes before the old one ends keeps the connection. */
  async renew({ socket }: ConsoleCaller, token: string): Promise<object> {
    await this.admission.actorOf({ ...socket.data, token });
    socket.data.token = token;
    return {};
  }

  /** @throws AccessError `access.not_found` */
  private async conversationOf(actor: Actor, id: string): Promise<Conversation> {
    const conversation = await this.database.manager.findOneBy(Conversation, { id });
    if (conversation && actor.may('agent', conversation.assistantId)) return conversation;
    throw new AccessError('access.not_found', 'There is no such conversation.', 'notFound');
  }
}

/** All events. @param events what does the work; nothing is needed to read the table alone */
export function consoleEventTable(events?: ConsoleEvents): ReadonlyMap<string, ConsoleEvent> {
  const work = events as ConsoleEvents;
  return new Map([
    entry('conversation:watch', watchSchema, (caller, { conversationId }) => work.watch(caller, conversationId)),
    entry('conversation:unwatch', watchSchema, (caller, { conversationId }) => work.unwatch(caller, conversationId)),
    entry('typing', typingSchema, (caller, typing) => work.typing(caller, typing)),
    entry('token:renew', renewSchema, (caller, { token }) => work.renew(caller, token)),
  ]);
}

function entry<S extends z.ZodType>(name: string, schema: S, run: ConsoleEvent<S>['run']): [string, ConsoleEvent] {
  return [name, { schema, run: (caller, payload) => run(caller, payload as z.output<S>) }];
}
