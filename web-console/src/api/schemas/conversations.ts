// Answers about conversations: the inbox, one conversation with what was said in it, private notes; and what the socket tells of one.
import * as z from 'zod/mini';
import { moment } from './moment.js';

const role = z.enum(['customer', 'assistant', 'agent']);
const handoverState = z.enum(['bot', 'waiting', 'agent']);
const thumb = z.nullable(z.enum(['up', 'down']));

export const conversationSchema = z.object({
  id: z.string(),
  assistant: z.string(),
  customerId: z.string(),
  identified: z.boolean(),
  state: handoverState,
  agentName: z.nullable(z.string()),
  stateSince: z.nullable(moment),
  locale: z.nullable(z.string()),
  lastMessage: z.nullable(z.object({ seq: z.number(), role, text: z.string(), createdAt: moment })),
  /** Since when the customer waits for a person. */
  waitingSince: z.nullable(moment),
  lastVersion: z.nullable(z.number()),
  lastRating: thumb,
  closedAt: z.nullable(moment),
  closedBy: z.nullable(z.string()),
  createdAt: moment,
});
export type Conversation = z.infer<typeof conversationSchema>;

export const inboxSchema = z.object({ conversations: z.array(conversationSchema), next: z.nullable(z.string()) });
export const inboxCountsSchema = z.object({ needsHuman: z.number(), mine: z.number() });

export const handoverChangeSchema = z.object({
  cause: z.string(),
  fromState: handoverState,
  toState: handoverState,
  actor: z.string(),
  reason: z.string(),
  createdAt: moment,
});
export type HandoverChange = z.infer<typeof handoverChangeSchema>;
export const conversationDetailSchema = z.extend(conversationSchema, {
  handoverChanges: z.array(handoverChangeSchema),
});
export type ConversationDetail = z.infer<typeof conversationDetailSchema>;

export const memoryHitSchema = z.object({
  entryId: z.string(),
  score: z.number(),
  use: z.enum(['verbatim', 'few-shot']),
});

/** A finished message, as the socket tells it. */
export const doneSchema = z.object({
  messageId: z.string(),
  seq: z.number(),
  role,
  text: z.string(),
  adapterVersion: z.nullable(z.number()),
  promptVersion: z.nullable(z.number()),
  finishReason: z.nullable(z.string()),
  latencyMs: z.nullable(z.number()),
  memory: z.array(memoryHitSchema),
  agentName: z.optional(z.string()),
});
export const messageSchema = z.extend(doneSchema, {
  status: z.enum(['writing', 'complete', 'stopped', 'failed', 'interrupted']),
  nextIndex: z.optional(z.number()),
  rating: thumb,
  createdAt: moment,
});
export type Message = z.infer<typeof messageSchema>;
export const messagesSchema = z.object({ messages: z.array(messageSchema) });

export const noteSchema = z.object({ id: z.string(), author: z.string(), text: z.string(), createdAt: moment });
export type Note = z.infer<typeof noteSchema>;
export const notesSchema = z.object({ notes: z.array(noteSchema) });

export const deltaEventSchema = z.object({
  conversationId: z.string(),
  messageId: z.string(),
  index: z.number(),
  text: z.string(),
});
export const doneEventSchema = z.extend(doneSchema, { conversationId: z.string() });
export const typingEventSchema = z.object({
  conversationId: z.string(),
  from: z.enum(['customer', 'agent']),
  agentName: z.optional(z.string()),
  isTyping: z.boolean(),
});
export const presenceEventSchema = z.object({ conversationId: z.string(), people: z.array(z.string()) });
