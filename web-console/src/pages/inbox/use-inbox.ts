// One list of the inbox, page by page as one scrolls. The first pages are kept up to date; further down a list that moves under one's eyes would be
// no help, so there it stands still until one goes back to its beginning.
import { useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useState } from 'react';
import { pagesKey, usePages } from '../../api/pages.js';
import { inboxSchema } from '../../api/schemas/conversations.js';
import type { Filter } from './places.js';

const PATH = '/api/v1/inbox';
const PAGE = 100;
const LIVE_PAGES_MAX = 3;

export function useInbox(filter: Filter) {
  const queries = useQueryClient();
  const [standsStill, setStandsStill] = useState(false);
  const query = usePages(PATH, inboxSchema, {
    ...{ query: { ...filter }, limit: PAGE, from: 'after' },
    live: standsStill ? undefined : ['conversation', 'message', 'rating'],
  });
  const pages = query.data?.pages ?? [];
  if (standsStill !== pages.length > LIVE_PAGES_MAX) setStandsStill(!standsStill);
  return {
    ...{ query, standsStill },
    conversations: pages.flatMap((page) => page.conversations),
    restart: () => {
      const queryKey = pagesKey(PATH, { ...filter });
      queries.setQueryData<InfiniteData<unknown>>(queryKey, (data) => data && firstOf(data));
      void queries.invalidateQueries({ queryKey });
    },
  };
}

const firstOf = ({ pages, pageParams }: InfiniteData<unknown>): InfiniteData<unknown> => ({
  pages: pages.slice(0, 1),
  pageParams: pageParams.slice(0, 1),
});
