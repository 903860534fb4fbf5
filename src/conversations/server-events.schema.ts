// What clients hear in the chat contract, and what acks hold: one schema per message gives its type and its row in
// docs/chat-protocol.md.
import { z } from 'zod';

const messageId = z.uuid();
const handoverState = z.enum(['bot', 'waiting', 'agent']);

export const contractErrorSchema = z.object({
  code: z.string().describe('Dotted and stable, e.g. `message.too_long`.'),
  message: z.string().describe('A sentence for people.'),
  retryAfterMs: z.int().optional().describe('When it is worth to try again.'),
});
export type ContractError = z.infer<typeof contractErrorSchema>;

export const handoverSchema = z.object({
  state: handoverState.describe('Who answers: the assistant; the assistant while an agent is waited for; an agent.'),
  agentName: z.string().optional(),
});
export type HandoverView = z.infer<typeof handoverSchema>;

export const sessionSchema = z.object({
  conversationId: z.uuid(),
  token: z.string().describe('Proves whose conversation it is; empty for an identified customer, whose identity does.'),
  assistant: z.object({ slug: z.string(), name: z.string(), greeting: z.string() }),
  handover: handoverSchema,
  limits: z.object({ messageChars: z.int(), noteChars: z.int() }),
  identified: z.boolean(),
});

export const queueSchema = z.object({ messageId, position: z.int().min(1).describe('1 is the next.') });

export const deltaSchema = z.object({
  messageId,
  index: z.int().min(0).describe('From 0, without gaps; 0 again where the answer is written again.'),
  text: z.string(),
});

export const memoryHitSchema = z.object({
  entryId: z.uuid(),
  score: z.number(),
  use: z.enum(['verbatim', 'few-shot']),
});

export const doneSchema = z.object({
  messageId,
  seq: z.int().min(1).describe('Place in the conversation.'),
  role: z.enum(['customer', 'assistant', 'agent']),
  text: z.string().describe('The canonical text.'),
  adapterVersion: z.int().nullable(),
  promptVersion: z.int().nullable(),
  finishReason: z
    .string()
    .nullable()
    .describe('`stop`, `length`, `memory`, `unknown`, `stopped`, `handover`, `interrupted`, `error`.'),
  usage: z.object({ promptTokens: z.int(), completionTokens: z.int() }).nullable(),
  latencyMs: z.int().nullable(),
  memory: z.array(memoryHitSchema).describe('Agents’ corrections that it was made from.'),
  offersPerson: z.boolean().optional().describe('The assistant doesn’t know: offer `handover:request`.'),
  agentName: z.string().optional().describe('Of an agent’s message.'),
  clientMessageId: z.uuid().nullish().describe('Of a customer’s message.'),
});

export const typingSchema = z.object({
  from: z.enum(['customer', 'agent']),
  agentName: z.string().optional(),
  isTyping: z.boolean().describe('Said again every few seconds; without a word for six seconds it has ended.'),
});

export const messageErrorSchema = z.object({ messageId, error: contractErrorSchema });

export const historyEntrySchema = doneSchema
  .extend({
    clientMessageId: z.uuid().nullable(),
    status: z.enum(['writing', 'complete', 'stopped', 'failed', 'interrupted']),
    nextIndex: z.int().optional().describe('Of an answer being written: index of the delta that continues `text`.'),
    rating: z.enum(['up', 'down']).nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ title: 'HistoryEntry' });

export const sentSchema = z.object({ conversationId: z.uuid(), messageId, seq: z.int() });
export const retriedSchema = z.object({ messageId, seq: z.int() });
export const historySliceSchema = z.object({ messages: z.array(historyEntrySchema) });
export const handoverAckSchema = z.object({ state: handoverState });

/** What is said to a conversation's room. */
export interface RoomEvents {
  queue: z.infer<typeof queueSchema>;
  'message:delta': z.infer<typeof deltaSchema>;
  'message:done': z.infer<typeof doneSchema>;
  'message:error': z.infer<typeof messageErrorSchema>;
  handover: HandoverView;
  typing: z.infer<typeof typingSchema>;
}
