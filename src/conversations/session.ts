// An admitted client: which conversation it takes part in, and for whom.
import type { Assistant } from '../database/entities/assistant.entity.js';
import type { Conversation } from '../database/entities/conversation.entity.js';

export interface Session {
  /** As it was at the handshake. */
  conversation: Conversation;
  /** The conversation's token; empty for an identified customer. */
  token: string;
  assistant: Assistant;
  /** The public key that the client came with. */
  siteKey: string;
  /** Whose limits count; undefined for this machine's own programs. */
  address: string | undefined;
  /** The customer's newest identity token; undefined for an anonymous one. */
  identity: string | undefined;
}

/** Who sends an event. */
export interface Caller {
  session: Session;
  socketId: string;
}
