// What the widget keeps on a device: localStorage, and beside it memory, which has to do where storage is refused (private
// mode, sandboxed frames) and for what must not outlive the page.

const memory = new Map<string, string>();

/** The stored text, if there is one. */
export function read(key: string): string | undefined {
  try {
    const stored = localStorage.getItem(key);
    if (stored !== null) return stored;
  } catch {
    // Refused: memory has it.
  }
  return memory.get(key);
}

/** Keeps a text for this page only. */
export const keepHere = (key: string, text: string): void => void memory.set(key, text);

/** Keeps a text for good; false when only this page has it. */
export function keep(key: string, text: string): boolean {
  memory.set(key, text);
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

/** Forgets it everywhere. */
export function erase(key: string): void {
  memory.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // Refused: nothing was stored.
  }
}

/** All keys that begin so. */
export function keysWith(prefix: string): string[] {
  let stored: string[] = [];
  try {
    stored = Object.keys(localStorage);
  } catch {
    // Refused: memory has all.
  }
  return [...new Set([...stored, ...memory.keys()])].filter((key) => key.startsWith(prefix));
}

/** A stored value that passes `check`; anything else counts as not there. */
export function readAs<T>(key: string, check: (value: unknown) => value is T): T | undefined {
  try {
    const value: unknown = JSON.parse(read(key) ?? 'null');
    return check(value) ? value : undefined;
  } catch {
    return undefined; // Spoilt.
  }
}
