// One list of the inbox, page by page as one scrolls. The first pages are kept up to date; further down a list that moves under one's eyes would be
// no help, so there it stands still until one goes back to its beginning.
import { useInfiniteQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.js';
import { inboxSchema } from '../../api/schemas/conversations.js';
import { useRealtime } from '../../live/realtime.js';
import type { Filter } from './places.js';

const PAGE = 100;
const LIVE_PAGES_MAX = 3;
const POLL_MS = 4_000;
const SAFETY_POLL_MS = 60_000;

export function useInbox(filter: Filter) {
  const realtime = useRealtime();
  const queries = useQueryClient();
  const [standsStill, setStandsStill] = useState(false);
  const queryKey = ['/api/v1/inbox', filter];
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => api.get('/api/v1/inbox', inboxSchema, { ...filter, limit: PAGE, after: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: standsStill ? false : realtime === 'live' ? SAFETY_POLL_MS : POLL_MS,
    meta: { live: standsStill ? [] : ['conversation', 'message', 'rating'] },
  });
  const pages = query.data?.pages ?? [];
  if (standsStill !== pages.length > LIVE_PAGES_MAX) setStandsStill(!standsStill);
  return {
    ...{ query, standsStill },
    conversations: pages.flatMap((page) => page.conversations),
    restart: () => {
      queries.setQueryData<InfiniteData<unknown>>(queryKey, (data) => data && firstOf(data));
      void queries.invalidateQueries({ queryKey });
    },
  };
}

const firstOf = ({ pages, pageParams }: InfiniteData<unknown>): InfiniteData<unknown> => ({
  pages: pages.slice(0, 1),
  pageParams: pageParams.slice(0, 1),
});
