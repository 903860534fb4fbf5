// A console's socket for tests: connects to `/console`, collects what it hears, and asks whole questions.
import { io, type Socket } from 'socket.io-client';
import { until, type Ack, type Refusal } from './chat.js';

const WAIT_MS_MAX = 20_000;

/** Anything that was heard, in order. */
export interface Heard {
  event: string;
  payload: Record<string, unknown>;
}

export interface ConsoleClient {
  socket: Socket;
  heard: Heard[];
  ask: <T = Record<string, unknown>>(event: string, payload?: unknown) => Promise<Ack<T>>;
  /** Resolves once an event was heard whose payload holds all of this. */
  hear: (event: string, holding?: Record<string, unknown>) => Promise<Record<string, unknown>>;
  close: () => void;
}

/** Connects. @throws the refusal of the handshake */
export async function openConsole(url: string, auth: object): Promise<ConsoleClient> {
  const socket = io(`${url}/console`, { auth, transports: ['websocket'], forceNew: true, reconnection: false });
  const heard: Heard[] = [];
  socket.onAny((event: string, payload: Heard['payload']) => heard.push({ event, payload }));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', (error: Error & { data?: Refusal }) => {
      socket.close();
      reject(Object.assign(error, error.data));
    });
  });
  const isMeant = (event: string, holding: Record<string, unknown>) => (each: Heard) =>
    each.event === event && Object.entries(holding).every(([name, value]) => each.payload[name] === value);
  return {
    socket,
    heard,
    ask: <T>(event: string, payload: unknown = {}) =>
      socket.timeout(WAIT_MS_MAX).emitWithAck(event, payload) as Promise<Ack<T>>,
    hear: async (event, holding = {}) => (await until(() => heard.find(isMeant(event, holding)), WAIT_MS_MAX)).payload,
    close: () => void socket.close(),
  };
}
