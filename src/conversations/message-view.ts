// A message as clients see it: in `message:done`, and with more fields in `history:get`.
import type { z } from 'zod';
import type { Message } from '../database/entities/message.entity.js';
import type { Rating } from '../database/entities/rating.entity.js';
import type { LiveAnswer } from './live-answers.js';
import type { doneSchema, historyEntrySchema } from './server-events.schema.js';

/** A finished message; `text` is the canonical text. */
export function toDone({ id, seq, role, text, ...rest }: Message): z.infer<typeof doneSchema> {
  const { adapterVersion, promptVersion, finishReason, usage, latencyMs, memoryHits, agentName, clientMessageId } =
    rest;
  return {
    ...{ messageId: id, seq, role, text, adapterVersion, promptVersion, finishReason, usage, latencyMs },
    memory: memoryHits ?? [],
    ...(finishReason === 'unknown' ? { offersPerson: true } : {}),
    ...(role === 'agent' ? { agentName: agentName ?? '' } : {}),
    ...(role === 'customer' ? { clientMessageId } : {}),
  };
}

/**
 * A message in the history. One that is being written has the text shown so far and `nextIndex`, the index of the delta
 * that continues it.
 */
export function toHistoryEntry(
  message: Message,
  rating: Rating | undefined,
  live: LiveAnswer | undefined,
): z.infer<typeof historyEntrySchema> {
  const { status, clientMessageId, createdAt } = message;
  const growing = live && status === 'writing' ? live : undefined;
  return {
    ...toDone(growing ? { ...message, ...growing.writer } : message),
    ...(growing ? { text: growing.text, nextIndex: growing.nextIndex } : {}),
    status,
    clientMessageId,
    rating: rating?.value ?? null,
    createdAt: createdAt.toISOString(),
  };
}
