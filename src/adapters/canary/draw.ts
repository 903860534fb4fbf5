// Which arm a conversation is in: by hash, so that every node draws the same lot and it never changes.
import { createHash } from 'node:crypto';

const BYTES = 6;

/** A number in [0, 1), uniform over conversations and independent between rollouts. */
export function lotOf(rolloutId: string, conversationId: string): number {
  const digest = createHash('sha256').update(`${rolloutId}:${conversationId}`).digest();
  return digest.readUIntBE(0, BYTES) / 2 ** (8 * BYTES);
}
