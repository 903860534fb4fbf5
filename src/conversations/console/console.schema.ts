// What is said over the `/console` namespace (docs/console-protocol.md): what consoles send, checked, and that something changed.
import { z } from 'zod';

const TOKEN_CHARS_MAX = 4_096;
const NAME_CHARS_MAX = 80;

const token = z.string().min(1).max(TOKEN_CHARS_MAX).describe('What REST takes as a bearer token.');
const conversationId = z.uuid();

export const consoleHandshakeSchema = z.object({
  token,
  name: z.string().max(NAME_CHARS_MAX).optional().describe('What who holds a machine’s token calls themselves.'),
});

export const watchSchema = z.object({ conversationId });
export const typingSchema = z.object({ conversationId, isTyping: z.boolean() });
export const renewSchema = z.object({ token });

/** What can change. `node`: about no single assistant. */
export const CHANGED_KINDS = [
  ...(['conversation', 'message', 'rating', 'correction', 'example', 'run', 'version'] as const),
  ...(['rollout', 'deployment', 'prompt', 'review', 'node'] as const),
] as const;

/** That something changed; what, is read over REST. */
export interface Changed {
  kind: (typeof CHANGED_KINDS)[number];
  /** The assistant's slug; null: any of them. */
  assistant: string | null;
  /** Of what changed; of a rating, a correction or a message the conversation's; null: any of them. */
  id: string | null;
}
