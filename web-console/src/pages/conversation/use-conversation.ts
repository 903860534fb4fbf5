// A conversation as it is now: read once, then followed over the socket; read again wherever words could have been missed.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import * as z from 'zod/mini';
import { isAbout, useRead } from '../../api/read.js';
import {
  conversationDetailSchema,
  deltaEventSchema,
  doneEventSchema,
  messagesSchema,
  notesSchema,
  typingEventSchema,
  type Message,
} from '../../api/schemas/conversations.js';
import { emitWithAck, useConsoleEvent, useRealtime } from '../../live/console-socket.js';
import { grow, type Growing } from './transcript.js';

/** Messages shown at once. */
const SHOWN_MAX = 200;
/** Whoever types says so again before this is over. */
const TYPING_MS_MAX = 6_000;

export function useConversation(id: string) {
  const path = `/api/v1/conversations/${id}`;
  const detail = useRead(path, conversationDetailSchema, { live: ['conversation', 'message', 'rating'] });
  const lastSeq = detail.data?.lastMessage?.seq;
  const [earlier, setEarlier] = useState(0);
  // The window moves in steps, so that a new message doesn't change which question is asked.
  const newest = Math.max(0, Math.ceil(((lastSeq ?? 0) + 2) / (SHOWN_MAX / 2)) * (SHOWN_MAX / 2) - SHOWN_MAX);
  const after = Math.max(0, newest - earlier);
  const messages = useRead(`${path}/messages`, messagesSchema, {
    query: { after, limit: SHOWN_MAX },
    ...{ live: ['message', 'rating', 'conversation'], enabled: detail.data !== undefined, keep: true },
  });
  const notes = useRead(`${path}/notes`, notesSchema, { live: ['conversation'] });
  useWatch(id);
  const growing = useGrowing(id, path, messages.data?.messages);
  return {
    ...{ detail, messages, notes, growing },
    window: {
      ...{ hasEarlier: after > 0, hasNewer: earlier > 0 },
      showEarlier: () => setEarlier(Math.min(newest, earlier + SHOWN_MAX / 2)),
      showNewest: () => setEarlier(0),
    },
  };
}

/** Hears what is said in it, and lets others see that one looks at it. */
function useWatch(conversationId: string): void {
  const realtime = useRealtime();
  useEffect(() => {
    if (realtime !== 'live') return undefined;
    emitWithAck('conversation:watch', { conversationId }).catch(() => undefined);
    return () => void emitWithAck('conversation:unwatch', { conversationId }).catch(() => undefined);
  }, [conversationId, realtime]);
}

/** The answers that are being written, by their ids. */
function useGrowing(id: string, path: string, messages: Message[] | undefined): ReadonlyMap<string, Growing> {
  const [growing, setGrowing] = useState<ReadonlyMap<string, Growing>>(new Map());
  const queries = useQueryClient();
  const readAgain = useCallback(() => {
    void queries.invalidateQueries({ predicate: ({ queryKey }) => isAbout(queryKey, [path]) });
  }, [queries, path]);
  // What was written before one came.
  useEffect(() => {
    setGrowing((known) => {
      const next = new Map(known);
      for (const { messageId, status, text, nextIndex } of messages ?? []) {
        if (status !== 'writing') next.delete(messageId);
        else if ((next.get(messageId)?.nextIndex ?? 0) < (nextIndex ?? 0)) {
          next.set(messageId, { text, nextIndex: nextIndex ?? 0 });
        }
      }
      return next;
    });
  }, [messages]);
  useConsoleEvent('message:delta', (payload) => {
    const delta = deltaEventSchema.safeParse(payload);
    if (!delta.success || delta.data.conversationId !== id) return;
    const { messageId, index } = delta.data;
    // From its first word on it is known what writes it.
    if (index === 0) readAgain();
    setGrowing((known) => {
      const grown = grow(known.get(messageId), delta.data);
      return grown ? new Map(known).set(messageId, grown) : known;
    });
  });
  const end = (payload: unknown) => {
    const ended = z.object({ conversationId: z.string() }).safeParse(payload);
    if (ended.success && ended.data.conversationId === id) readAgain();
  };
  useConsoleEvent('message:done', (payload) => {
    const done = doneEventSchema.safeParse(payload);
    if (!done.success || done.data.conversationId !== id) return;
    // Shown whole at once; the rest of it comes with the next answer.
    const { messageId, text } = done.data;
    setGrowing((known) =>
      known.has(messageId) ? new Map(known).set(messageId, { text, nextIndex: Infinity }) : known,
    );
    readAgain();
  });
  useConsoleEvent('message:error', end);
  useConsoleEvent('handover', end);
  return growing;
}

/** Who is typing now: `customer`, or agents' names. */
export function useTyping(id: string, me: string): string[] {
  const [typing, setTyping] = useState<string[]>([]);
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());
  const stop = (who: string) => setTyping((known) => known.filter((each) => each !== who));
  useConsoleEvent('typing', (payload) => {
    const { data } = typingEventSchema.safeParse(payload);
    const who = data?.from === 'customer' ? 'customer' : data?.agentName;
    if (!data || data.conversationId !== id || !who || who === me) return;
    clearTimeout(timers.current.get(who));
    stop(who);
    if (!data.isTyping) return;
    setTyping((known) => [...known, who]);
    timers.current.set(
      who,
      setTimeout(() => stop(who), TYPING_MS_MAX),
    );
  });
  // Who has sent something has stopped typing it.
  useConsoleEvent('message:done', (payload) => {
    const { data } = doneEventSchema.safeParse(payload);
    if (data?.conversationId === id) stop(data.role === 'customer' ? 'customer' : (data.agentName ?? ''));
  });
  useEffect(() => {
    const { current } = timers;
    return () => current.forEach((timer) => clearTimeout(timer));
  }, []);
  return typing;
}
