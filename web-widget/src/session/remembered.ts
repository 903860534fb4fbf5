// Which conversation this browser goes on with. Kept for good only once the customer has said something.
import { erase, keep, keepHere, readAs } from './storage.js';

export interface Remembered {
  conversationId: string;
  token: string;
}

/** @param scope prefix of what is stored for one customer of one site */
const keyOf = (scope: string): string => `${scope}:conversation`;
const seenKeyOf = (scope: string): string => `${scope}:seen`;

/** The conversation to go on with, if there is one. */
export const recall = (scope: string): Remembered | undefined => readAs(keyOf(scope), isRemembered);

/** Keeps the conversation, for good when the customer has spoken (`lasting`); false when that is refused. */
export function remember(scope: string, { conversationId, token }: Remembered, lasting: boolean): boolean {
  const text = JSON.stringify({ conversationId, token });
  if (lasting) return keep(keyOf(scope), text);
  keepHere(keyOf(scope), text);
  return true;
}

/** Forgets it, e.g. because the service doesn't know it any more. */
export function forget(scope: string): void {
  erase(keyOf(scope));
  erase(seenKeyOf(scope));
}

/** The last `seq` that the customer had before their eyes; 0 for none. */
export const recallSeen = (scope: string): number => readAs(seenKeyOf(scope), isNumber) ?? 0;

export const rememberSeen = (scope: string, seq: number): boolean => keep(seenKeyOf(scope), String(seq));

const isNumber = (value: unknown): value is number => typeof value === 'number';

function isRemembered(value: unknown): value is Remembered {
  if (typeof value !== 'object' || value === null) return false;
  const { conversationId, token } = value as Partial<Remembered>;
  return typeof conversationId === 'string' && typeof token === 'string';
}
