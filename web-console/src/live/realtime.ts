// Whether changes are told as they happen.
import { useSyncExternalStore } from 'react';

export type Realtime = 'live' | 'connecting' | 'down';

let state: Realtime = 'connecting';
const watchers = new Set<() => void>();

export function setRealtime(next: Realtime): void {
  if (next === state) return;
  state = next;
  watchers.forEach((watcher) => watcher());
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export const useRealtime = (): Realtime => useSyncExternalStore(subscribe, () => state);
