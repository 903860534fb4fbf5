// A connection of a console, and what the service keeps with it.
import type { DefaultEventsMap, Namespace, Socket } from 'socket.io';
import type { Actor } from '../../access/actor.js';

export interface ConsoleSocketData {
  /** Proves who it is; looked at again at each event and every few seconds. */
  token: string;
  /** What who holds a machine's token calls themselves. */
  name: string | undefined;
}
export type ConsoleSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, ConsoleSocketData>;
export type ConsoleNamespace = Namespace<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, ConsoleSocketData>;

const OF_ALL = 'assistants:all';

/** Everybody who may hear of an assistant. */
export function roomsOfAssistant(assistantId: string): string[] {
  return [OF_ALL, `assistant:${assistantId}`];
}

/** Those who look at a conversation. */
export function roomOfConversation(conversationId: string): string {
  return `conversation:${conversationId}`;
}

/** Puts a connection into the rooms of what this actor may hear of, and out of all others. */
export async function joinAssistants(socket: ConsoleSocket, actor: Actor): Promise<void> {
  const ids = actor.assistantIds('agent');
  const wanted = new Set(ids === 'all' ? [OF_ALL] : ids.map((id) => `assistant:${id}`));
  for (const room of socket.rooms) if (room.startsWith('assistant') && !wanted.has(room)) await socket.leave(room);
  await socket.join([...wanted]);
}
