// The socket, and asking over it: every question is answered, by the service or by one of our own two codes below.
import { io, type Socket } from 'socket.io-client';
import type { Ack, ClientEvents, ContractError, HandshakeAuth, ServerEvents } from '../contract.js';

export type ChatSocket = Socket<ServerEvents, ClientEvents>;

/** How long an ack may take. */
const ACK_TIMEOUT_MS = 10_000;

/** No connection now; worth another try once there is one. */
export const OFFLINE = 'widget.offline';
/** The service took too long; worth another try. */
export const TIMEOUT = 'widget.timeout';

/** Codes of refusals that pass by themselves: the service restarts or is busy, or its database is away. */
const PASSING = new Set<string>([
  TIMEOUT,
  'chat.stopping',
  'chat.busy',
  'conversation.busy',
  'rate.limited',
  'database.unavailable',
]);
/** What a service says to an event that it doesn't know; the oldest say nothing. */
const UNKNOWN_EVENT = new Set<string>(['event.unknown', TIMEOUT]);

/** Whether the same question may be answered a little later. */
export const isPassing = ({ code }: ContractError): boolean => PASSING.has(code);

/** Whether the service is older than the question. */
export const isUnsupported = ({ code }: ContractError): boolean => UNKNOWN_EVENT.has(code);

/** Opens a socket that asks `auth` anew at each connection, so that a reconnect goes on with the same conversation. */
export function connect(server: string, auth: (send: (auth: HandshakeAuth) => void) => void): ChatSocket {
  return io(`${server}/chat`, {
    auth: auth as (send: (auth: object) => void) => void,
    forceNew: true,
    transports: ['websocket', 'polling'],
    tryAllTransports: true, // Some company networks block WebSockets.
    reconnectionDelay: 500,
    reconnectionDelayMax: 8_000,
    randomizationFactor: 0.5,
  });
}

export type Payload<E extends keyof ClientEvents> = Parameters<ClientEvents[E]>[0];
export type Answer<E extends keyof ClientEvents> = Parameters<Parameters<ClientEvents[E]>[1]>[0] | Ack<never>;

const refused = (code: string, message: string): { ok: false; error: ContractError } => ({
  ok: false,
  error: { code, message },
});

/** Sends one event and waits for its ack; never throws. */
export async function ask<E extends keyof ClientEvents>(
  socket: ChatSocket,
  event: E,
  payload: Payload<E>,
): Promise<Answer<E>> {
  if (!socket.connected) return refused(OFFLINE, 'There is no connection right now.');
  try {
    // The types of a generic emit are beyond TypeScript; the function's own signature holds callers to the contract.
    const untyped = socket.timeout(ACK_TIMEOUT_MS) as unknown as {
      emitWithAck(event: string, payload: unknown): Promise<Answer<E>>;
    };
    return await untyped.emitWithAck(event, payload);
  } catch {
    return refused(TIMEOUT, 'The service did not answer in time.');
  }
}
