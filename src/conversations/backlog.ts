// What a client hasn't read yet and we therefore keep for it. Nobody may make the service's memory grow by not reading.
import type { Socket } from 'socket.io';

/** From here on a client misses deltas; `message:done` has the whole text. */
export const DELTAS_BYTES_MAX = 64 * 1024;
/** From here on its connection is cut; it comes back and asks for the history. A page of history fits below it many times. */
export const BACKLOG_BYTES_MAX = 1024 * 1024;

/** As much of engine.io's socket as is looked at: packets not handed to the transport yet, and the transport's own buffer. */
interface Connection {
  writeBuffer: { data?: unknown }[];
  transport: { socket?: { bufferedAmount?: number; terminate?: () => void } };
}

/** Bytes (characters where text is not sent yet) that wait for a client to read. */
export function backlogBytes({ conn }: Pick<Socket, 'conn'>): number {
  const { writeBuffer, transport } = conn as unknown as Connection;
  return writeBuffer.reduce((sum, { data }) => sum + sizeOf(data), transport.socket?.bufferedAmount ?? 0);
}

function sizeOf(data: unknown): number {
  return typeof data === 'string' || Buffer.isBuffer(data) ? data.length : 0;
}

/** Cuts the connection of a client that doesn't read. @returns whether it did */
export function cutIfStuck(socket: Pick<Socket, 'conn'>): boolean {
  if (backlogBytes(socket) < BACKLOG_BYTES_MAX) return false;
  const { transport } = socket.conn as unknown as Connection;
  socket.conn.close(true);
  // A WebSocket would wait half a minute, and keep what it holds, for a farewell that this client doesn't read either.
  transport.socket?.terminate?.();
  return true;
}
