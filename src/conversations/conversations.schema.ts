// The shapes of conversations over REST, for agents: each gives the type, the validation and the documentation.
import { z } from 'zod';
import { slugSchema } from '../assistants/assistants.schema.js';
import type { HandoverChange } from '../database/entities/handover-change.entity.js';
import { HANDOVER_CAUSES } from '../database/entities/handover-change.entity.js';
import { storableText } from './chat.schema.js';
import { historyEntrySchema, doneSchema } from './server-events.schema.js';

const TEXT_CHARS_MAX = 8_000;
const REASON_CHARS_MAX = 1_000;
const LIST_MAX = 200;
const SEQ_MAX = 2 ** 31 - 1;

export const conversationIdSchema = z.uuid().describe("The conversation's id.");
const state = z.enum(['bot', 'waiting', 'agent']);

export const conversationsQuerySchema = z.object({
  state: state.optional().describe('Who answers. `waiting` ones come in the order in which they asked for a person.'),
  assistant: slugSchema.optional(),
  limit: z.coerce.number().int().min(1).max(LIST_MAX).default(50),
});
export const conversationMessagesQuerySchema = z.object({
  after: z.coerce.number().int().min(0).max(SEQ_MAX).default(0).describe('Messages with a larger `seq`.'),
  limit: z.coerce.number().int().min(1).max(LIST_MAX).default(100),
});

export const conversationSchema = z.object({
  id: conversationIdSchema,
  assistant: slugSchema,
  customerId: z.string().describe('What `DELETE /api/v1/customers/:id` takes.'),
  identified: z.boolean().describe('Whether the website vouched for who the customer is.'),
  state,
  agentName: z.string().nullable(),
  stateSince: z.iso.datetime().nullable().describe('null: the assistant has answered from the beginning.'),
  locale: z.string().nullable(),
  lastMessage: z
    .object({
      seq: z.int(),
      role: z.enum(['customer', 'assistant', 'agent']),
      text: z.string(),
      createdAt: z.iso.datetime(),
    })
    .nullable()
    .describe('Its beginning.'),
  waitingSince: z.iso
    .datetime()
    .nullable()
    .describe('Since when the customer waits: for somebody to take over, or for the agent’s answer.'),
  lastVersion: z.int().nullable().describe('The adapter version of the newest answer; 0 is the base model.'),
  lastRating: z.enum(['up', 'down']).nullable().describe('The customer’s newest thumb.'),
  closedAt: z.iso.datetime().nullable().describe('Over, until something is said again.'),
  closedBy: z.string().nullable(),
  createdAt: z.iso.datetime(),
});
export type ConversationView = z.infer<typeof conversationSchema>;
export const conversationListSchema = z.object({ conversations: z.array(conversationSchema) });

export const handoverChangeSchema = z.object({
  cause: z.enum(HANDOVER_CAUSES),
  fromState: state,
  toState: state,
  actor: z.string().describe("The agent's name, else `customer`."),
  reason: z.string(),
  createdAt: z.iso.datetime(),
});
export const conversationDetailSchema = conversationSchema.extend({
  handoverChanges: z.array(handoverChangeSchema).describe('Newest first, at most 100.'),
});
export const conversationMessagesSchema = z.object({ messages: z.array(historyEntrySchema) });

export const handoverOrderSchema = z
  .strictObject({ reason: z.string().trim().max(REASON_CHARS_MAX).default('').describe('Kept in the record.') })
  .prefault({});
export const agentMessageSchema = z.strictObject({
  text: storableText.pipe(z.string().trim().min(1).max(TEXT_CHARS_MAX)),
  clientMessageId: z.uuid().optional().describe('The same again is the same message.'),
});
export const agentMessageAnswerSchema = doneSchema;

/** A move as agents see it. */
export function toHandoverChangeView(change: HandoverChange): z.infer<typeof handoverChangeSchema> {
  const { cause, fromState, toState, actor, reason, createdAt } = change;
  return { cause, fromState, toState, actor, reason, createdAt: createdAt.toISOString() };
}
