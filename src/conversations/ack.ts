// Lets clients of a namespace in and answers their events: parses the payload, runs the work, and turns every failure into the contract's
// error, so that no payload and no missing callback can hurt the service.
import { Logger } from '@nestjs/common';
import type { DefaultEventsMap, Namespace, Socket } from 'socket.io';
import type { z } from 'zod';
import { RetuneError } from '../config/retune-error.js';
import { asUnavailable } from '../database/database-error.js';
import { cutIfStuck } from './backlog.js';
import { ConversationsError } from './conversations-error.js';
import type { ContractError } from './server-events.schema.js';

const logger = new Logger('Chat');

/** Any failure as the client sees it; unexpected ones are logged and say nothing. */
export function contractErrorOf(error: unknown): ContractError {
  const known = error instanceof RetuneError ? error : asUnavailable(error);
  if (known) {
    const { code, message, retryAfterMs } = known;
    return { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  logger.error('A chat event failed', error instanceof Error ? error.stack : String(error));
  return { code: 'internal', message: 'Something went wrong here. Please try again.' };
}

type SocketOf<Data> = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Data>;
type NamespaceOf<Data> = Namespace<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Data>;

/** Lets in only whom `admit` doesn't refuse. */
export function admitBy<Data>(namespace: NamespaceOf<Data>, admit: (socket: SocketOf<Data>) => Promise<void>): void {
  namespace.use((socket, next) => {
    admit(socket).then(
      () => next(),
      (error: unknown) => next(refusal(error)),
    );
  });
}

/** Answers whatever a client asks for from now on. @param table all events that there are */
export function listen<Event>(
  socket: Socket,
  table: ReadonlyMap<string, Event>,
  run: (event: Event, payload: unknown) => Promise<object>,
): void {
  socket.onAny((name: string, ...args: unknown[]) => {
    // Who asks and doesn't read the answers is asked nothing more.
    if (cutIfStuck(socket)) return;
    const event = table.get(name);
    void answerEvent(args, (payload) => (event ? run(event, payload) : Promise.reject(unknownEvent())));
  });
  socket.on('error', (error) => logger.warn(`A connection to ${socket.nsp.name} failed: ${error.message}`));
}

/** Runs one client event. Never throws. */
export async function answerEvent(args: unknown[], work: (payload: unknown) => Promise<object>): Promise<void> {
  const { payload, ack } = splitArguments(args);
  try {
    ack({ ok: true, ...(await work(payload)) });
  } catch (error) {
    ack({ ok: false, error: contractErrorOf(error) });
  }
}

/** @throws ConversationsError `payload.malformed`, which says of each part what is wrong */
export function parsePayload<S extends z.ZodType>(schema: S, payload: unknown): z.output<S> {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`);
  throw new ConversationsError('payload.malformed', `This is not what the event takes. ${reasons.join('; ')}`);
}

/** What a refused client gets as `connect_error`: an Error whose `data` is the contract's error. */
function refusal(error: unknown): Error {
  const data = contractErrorOf(error);
  return Object.assign(new Error(data.message), { data });
}

function unknownEvent(): ConversationsError {
  return new ConversationsError('event.unknown', 'There is no such event.');
}

/** What a socket.io listener was called with: a payload and a callback, either of which may be missing or anything. */
function splitArguments(args: unknown[]): { payload: unknown; ack: (answer: object) => void } {
  const last = args.at(-1);
  const ack = typeof last === 'function' ? (last as (answer: object) => void) : () => undefined;
  return { payload: typeof args[0] === 'function' ? undefined : args[0], ack };
}
