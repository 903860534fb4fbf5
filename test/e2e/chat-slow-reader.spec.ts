// A client that stops reading, on real sockets: it costs a bounded amount of memory, and the others notice nothing.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io, type Socket as ClientSocket } from 'socket.io-client';
import { backlogBytes, BACKLOG_BYTES_MAX, DELTAS_BYTES_MAX } from '../../src/conversations/backlog.js';
import { Rooms, type ChatNamespace } from '../../src/conversations/rooms.js';
import type { RoomEvents } from '../../src/conversations/server-events.schema.js';
import { until } from '../support/chat.js';

const ROOM = 'conversation';
const PIECE = 'word '.repeat(200);
/** Far more than the kernel's own buffers take. */
const PIECES = 30_000;
const EVERY = 50;

let server: Server;
let rooms: Rooms;
let namespace: ChatNamespace;
const clients: ClientSocket[] = [];

interface Heard {
  socket: ClientSocket;
  indexes: number[];
  done: string[];
  /** Stops reading from the network, or begins again. */
  read(go: boolean): void;
}

async function connect(): Promise<Heard> {
  const { port } = server.httpServer.address() as AddressInfo;
  const socket = io(`http://127.0.0.1:${port}/chat`, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  });
  clients.push(socket);
  const heard: Pick<Heard, 'indexes' | 'done'> = { indexes: [], done: [] };
  socket.on('message:delta', ({ index }: { index: number }) => heard.indexes.push(index));
  socket.on('message:done', ({ text }: { text: string }) => heard.done.push(text));
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  const network = (socket.io.engine.transport as unknown as { ws: { _socket: { pause(): void; resume(): void } } }).ws;
  return { socket, ...heard, read: (go) => (go ? network._socket.resume() : network._socket.pause()) };
}
const backlogOf = ({ socket }: Heard) => {
  const found = namespace.sockets.get(socket.id ?? '');
  return found ? backlogBytes(found) : undefined;
};
const tick = () => new Promise((resolve) => setImmediate(resolve));
const done = (text: string) => ({ messageId: 'm', text }) as RoomEvents['message:done'];

beforeEach(async () => {
  const http = createServer();
  server = new Server(http, { pingInterval: 60_000 });
  namespace = server.of('/chat');
  namespace.on('connection', (socket) => void socket.join(ROOM));
  rooms = new Rooms();
  rooms.open(namespace);
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
});
afterEach(async () => {
  clients.splice(0).forEach((client) => client.disconnect());
  await server.close();
});

describe('a client that stops reading', () => {
  it('misses deltas instead of piling them up, hears the end, and is whole again with the next answer', async () => {
    const [slow, quick] = [await connect(), await connect()];
    slow.read(false);
    let most = 0;
    for (let index = 0; index < PIECES; index++) {
      rooms.delta(ROOM, { messageId: 'm', index, text: PIECE });
      if (index % EVERY === 0) await tick();
      most = Math.max(most, backlogOf(slow) ?? 0);
    }
    rooms.tell(ROOM, 'message:done', done('the whole'));
    await until(() => quick.done[0]);
    expect(quick.indexes).toEqual(Array.from({ length: PIECES }, (_, i) => i));
    expect(most).toBeGreaterThan(DELTAS_BYTES_MAX);
    expect(most).toBeLessThan(DELTAS_BYTES_MAX + 4 * PIECE.length * EVERY);
    slow.read(true);
    await until(() => slow.done[0]);
    expect(slow.indexes.length).toBeLessThan(PIECES);
    expect(slow.indexes).toEqual(slow.indexes.map((_, i) => i));
    slow.indexes.length = 0;
    for (let index = 0; index < 5; index++) rooms.delta(ROOM, { messageId: 'next', index, text: 'word ' });
    await until(() => slow.indexes.length === 5);
  }, 60_000);

  it('is cut off when even what it must hear piles up', async () => {
    const [slow, quick] = [await connect(), await connect()];
    slow.read(false);
    let most = 0;
    const whole = PIECE.repeat(100);
    for (let i = 0; backlogOf(slow) !== undefined && i < 1_000; i++) {
      rooms.tell(ROOM, 'message:done', done(whole));
      await tick();
      most = Math.max(most, backlogOf(slow) ?? 0);
    }
    expect(backlogOf(slow)).toBeUndefined();
    expect(most).toBeLessThan(BACKLOG_BYTES_MAX + 2 * whole.length);
    rooms.tell(ROOM, 'message:done', done('last'));
    await until(() => quick.done.includes('last'));
  }, 60_000);
});
