// What a connection to any of the namespaces brings along, and whose limit it counts towards.
import type { Socket } from 'socket.io';
import type { RateLimits } from '../access/rate-limits.js';
import { addressGroup, clientAddress, isLoopback } from '../config/client-address.js';
import type { Runtime } from '../config/runtime.js';

export interface Knock {
  /** The other end of the connection. */
  remoteAddress: string;
  /** The `X-Forwarded-For` header. */
  forwardedFor?: string;
  auth: unknown;
}

export function knockOf({ headers, auth, address }: Socket['handshake']): Knock {
  return { auth, remoteAddress: address, forwardedFor: oneHeader(headers['x-forwarded-for']) };
}

/** One header, also where it was sent several times. */
export function oneHeader(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}

/**
 * Counts a connection.
 * @returns whose limits count; undefined for this machine's own programs
 * @throws AccessError `rate.limited`
 */
export async function countConnection(
  { remoteAddress, forwardedFor }: Knock,
  limits: RateLimits,
  { environment }: Runtime,
): Promise<string | undefined> {
  const client = clientAddress(remoteAddress, forwardedFor, environment.TRUST_PROXY);
  const address = isLoopback(client) ? undefined : addressGroup(client);
  await limits.spend({ connection: address });
  return address;
}
