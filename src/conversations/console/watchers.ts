// Who looks at which conversation on this node. A person with two tabs is one person.
import { Injectable } from '@nestjs/common';

interface Watched {
  assistantId: string;
  /** The name of who looks, by their connection. */
  names: Map<string, string>;
}

/** Who looks at a conversation now. */
export interface Presence {
  conversationId: string;
  assistantId: string;
  people: string[];
}

@Injectable()
export class Watchers {
  private readonly watched = new Map<string, Watched>();

  enter(
    conversationId: string,
    { assistantId, socketId, name }: { assistantId: string; socketId: string; name: string },
  ) {
    const watched = this.watched.get(conversationId) ?? { assistantId, names: new Map<string, string>() };
    watched.names.set(socketId, name);
    this.watched.set(conversationId, watched);
    return presenceOf(conversationId, watched);
  }

  /** @returns undefined where this connection didn't look at it */
  leave(conversationId: string, socketId: string): Presence | undefined {
    const watched = this.watched.get(conversationId);
    if (!watched?.names.delete(socketId)) return undefined;
    if (watched.names.size === 0) this.watched.delete(conversationId);
    return presenceOf(conversationId, watched);
  }

  /** The conversations that a connection looks at. */
  of(socketId: string): { conversationId: string; assistantId: string }[] {
    return [...this.watched].flatMap(([conversationId, { assistantId, names }]) =>
      names.has(socketId) ? [{ conversationId, assistantId }] : [],
    );
  }

  /** Every conversation that somebody looks at. */
  all(): Presence[] {
    return [...this.watched].map(([id, watched]) => presenceOf(id, watched));
  }
}

function presenceOf(conversationId: string, { assistantId, names }: Watched): Presence {
  return { conversationId, assistantId, people: [...new Set(names.values())].sort() };
}
