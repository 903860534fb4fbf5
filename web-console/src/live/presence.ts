// Who looks at which conversation now, as the socket tells it.
import { useSyncExternalStore } from 'react';
import { presenceEventSchema } from '../api/schemas/conversations.js';

const NOBODY: string[] = [];
let looking = new Map<string, string[]>();
const watchers = new Set<() => void>();

function change(next: Map<string, string[]>): void {
  looking = next;
  watchers.forEach((watcher) => watcher());
}

/** A new connection is told everything anew. */
export const forgetPresence = (): void => change(new Map());

export function hearPresence(payload: unknown): void {
  const presence = presenceEventSchema.safeParse(payload);
  if (!presence.success) return;
  const next = new Map(looking);
  const { conversationId, people } = presence.data;
  if (people.length > 0) next.set(conversationId, people);
  else next.delete(conversationId);
  change(next);
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** The names of those who look at a conversation, without one's own. */
export function usePresence(conversationId: string, me: string): string[] {
  const people = useSyncExternalStore(subscribe, () => looking.get(conversationId) ?? NOBODY);
  return people.filter((name) => name !== me);
}
