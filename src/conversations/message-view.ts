// A message as clients see it: in `message:done`, and with more fields in `history:get`.
import type { Message } from '../database/entities/message.entity.js';
import type { Rating } from '../database/entities/rating.entity.js';
import type { LiveAnswer } from './live-answers.js';

/** A finished message; `text` is the canonical text. */
export function toDone({ id, seq, role, text, ...rest }: Message) {
  const { adapterVersion, promptVersion, finishReason, usage, latencyMs, memoryHits } = rest;
  const memory = memoryHits ?? [];
  return { messageId: id, seq, role, text, adapterVersion, promptVersion, finishReason, usage, latencyMs, memory };
}

/**
 * A message in the history. One that is being written has the text shown so far and `nextIndex`, the index of the delta
 * that continues it.
 */
export function toHistoryEntry(message: Message, rating: Rating | undefined, live: LiveAnswer | undefined) {
  const { status, clientMessageId, createdAt } = message;
  return {
    ...toDone(message),
    ...(live && status === 'writing' ? { text: live.text, nextIndex: live.nextIndex } : {}),
    status,
    clientMessageId,
    rating: rating?.value ?? null,
    createdAt: createdAt.toISOString(),
  };
}
