// The console's socket: one for the page, while somebody is signed in. Events are parsed by whoever listens.
import { useEffect, useRef } from 'react';
import { io, type Socket } from 'socket.io-client';
import * as z from 'zod/mini';
import { accessToken, accessTokenAgeMs, renewAccess } from '../api/access-token.js';
import { ApiProblem } from '../api/problem.js';
import { queries } from '../api/queries.js';
import { changedSchema } from './kinds.js';
import { forgetPresence, hearPresence } from './presence.js';
import { setRealtime } from './realtime.js';

export { useRealtime } from './realtime.js';

/** A token is good for ten minutes; the service is told of the next one before. */
const TOKEN_MS_MAX = 8 * 60_000;
const TOKEN_LOOK_MS = 20_000;
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 30_000;
const ACK_MS_MAX = 15_000;
/** Many changes come together, e.g. with each message: they are one question. */
const GATHER_MS = 250;

let socket: Socket | undefined;
const listeners = new Map<string, Set<(payload: unknown) => void>>();
const gathered = new Set<string>();

/** Connects; again and again, until `disconnect`. @returns the way to end it */
export function connectConsole(): () => void {
  const connection = io('/console', {
    auth: (send) => send({ token: accessToken() }),
    // The first is one request less; where something between here and the service lets no WebSocket through, the other works.
    ...{ transports: ['websocket', 'polling'], tryAllTransports: true, reconnectionDelayMax: RETRY_MS_MAX },
  });
  let told: string | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let waitMs = RETRY_MS_MIN;
  socket = connection;
  setRealtime('connecting');
  connection.on('connect', () => {
    waitMs = RETRY_MS_MIN;
    told = accessToken();
    setRealtime('live');
    // What happened in between was told to nobody here.
    void queries.invalidateQueries();
    forgetPresence();
  });
  connection.on('disconnect', (reason) => {
    setRealtime('down');
    if (reason === 'io server disconnect') retry = setTimeout(() => void renewAndConnect(connection), RETRY_MS_MIN);
  });
  connection.on('connect_error', () => {
    setRealtime('down');
    // An active socket tries by itself; one that the service refused doesn't.
    if (connection.active) return;
    retry = setTimeout(() => void renewAndConnect(connection), waitMs);
    waitMs = Math.min(2 * waitMs, RETRY_MS_MAX);
  });
  connection.onAny(tell);
  connection.on('presence', hearPresence);
  connection.on('changed', gather);
  const look = setInterval(() => {
    if (connection.connected) void renewToken(connection, told).then((token) => (told = token));
  }, TOKEN_LOOK_MS);
  return () => {
    clearInterval(look);
    clearTimeout(retry);
    connection.disconnect();
    socket = undefined;
  };
}

/** Tells the service of a newer token. @returns the one that it knows then */
async function renewToken(connection: Socket, told: string | undefined): Promise<string | undefined> {
  if (accessTokenAgeMs() > TOKEN_MS_MAX) await renewAccess();
  const token = accessToken();
  if (token && token !== told) connection.emit('token:renew', { token }, () => undefined);
  return token;
}

async function renewAndConnect(connection: Socket): Promise<void> {
  if (connection === socket && !(await renewAccess())) connection.connect();
}

/** Asks again for whatever on the screen tells of what has changed. */
function gather(payload: unknown): void {
  const changed = changedSchema.safeParse(payload);
  if (!changed.success) return;
  if (gathered.size === 0) setTimeout(askAgain, GATHER_MS);
  gathered.add(changed.data.kind);
}

function askAgain(): void {
  const kinds = new Set(gathered);
  gathered.clear();
  void queries.invalidateQueries({
    predicate: ({ meta }) => ((meta?.live as string[] | undefined) ?? []).some((kind) => kinds.has(kind)),
  });
}

function tell(event: string, payload: unknown): void {
  listeners.get(event)?.forEach((listener) => listener(payload));
}

/** Calls `handler` for each such event while the component is on the screen. */
export function useConsoleEvent(event: string, handler: (payload: unknown) => void): void {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    const listener = (payload: unknown) => latest.current(payload);
    const those = listeners.get(event) ?? new Set();
    listeners.set(event, those.add(listener));
    return () => void those.delete(listener);
  }, [event]);
}

const refusalSchema = z.object({ ok: z.literal(false), error: z.object({ code: z.string(), message: z.string() }) });

/** Sends an event and waits for what the service says to it. @throws ApiProblem when it says no, or nothing */
export async function emitWithAck(event: string, payload: object): Promise<unknown> {
  if (!socket?.connected) throw new ApiProblem(0, 'unreachable', 'Not connected', 'Live updates are down just now.');
  const answer: unknown = await socket
    .timeout(ACK_MS_MAX)
    .emitWithAck(event, payload)
    .catch(() => {
      throw new ApiProblem(0, 'unreachable', 'No answer', 'The service didn’t answer. Try again.');
    });
  const refusal = refusalSchema.safeParse(answer);
  if (!refusal.success) return answer;
  const { code, message } = refusal.data.error;
  throw new ApiProblem(400, code, 'Refused', message);
}
