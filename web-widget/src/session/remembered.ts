// Which conversation this browser goes on with. Kept in localStorage only once the customer has said something;
// where storage is refused (private mode, sandboxed frames) memory has to do.

export interface Remembered {
  conversationId: string;
  token: string;
}

const keyOf = (server: string, siteKey: string) => `retune:${server}:${siteKey}`;
const inMemory = new Map<string, Remembered>();

/** The conversation to go on with, if there is one. */
export function recall(server: string, siteKey: string): Remembered | undefined {
  const key = keyOf(server, siteKey);
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    if (isRemembered(stored)) return stored;
  } catch {
    // Refused or spoilt: as if nothing was stored.
  }
  return inMemory.get(key);
}

/** Stores the conversation, for good when the customer has spoken (`lasting`), else for this page. */
export function remember(server: string, siteKey: string, conversation: Remembered, lasting: boolean): void {
  const key = keyOf(server, siteKey);
  inMemory.set(key, conversation);
  if (!lasting) return;
  try {
    localStorage.setItem(key, JSON.stringify(conversation));
  } catch {
    // Memory has it.
  }
}

/** Forgets it everywhere, e.g. because the service doesn't know it any more. */
export function forget(server: string, siteKey: string): void {
  const key = keyOf(server, siteKey);
  inMemory.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was stored then.
  }
}

function isRemembered(value: unknown): value is Remembered {
  if (typeof value !== 'object' || value === null) return false;
  const { conversationId, token } = value as Partial<Remembered>;
  return typeof conversationId === 'string' && typeof token === 'string';
}
