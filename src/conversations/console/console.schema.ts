// What is said over the `/console` namespace: one schema per message gives its type, its validation and its row in docs/console-protocol.md.
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

export const changedSchema = z.object({
  kind: z.enum(CHANGED_KINDS),
  assistant: z.string().nullable().describe('Its slug; null: any of them.'),
  id: z
    .string()
    .nullable()
    .describe('Of what changed; of a rating, a correction or a message the conversation’s; null: any of them.'),
});
export type Changed = z.infer<typeof changedSchema>;

export const presenceSchema = z.object({
  conversationId,
  people: z.array(z.string()).describe('Names of those who look at it now, each once.'),
});
export const watchedSchema = z.object({ people: presenceSchema.shape.people });
