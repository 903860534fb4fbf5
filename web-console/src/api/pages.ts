// Reading a long list page by page: `usePages` asks for the next one where the one before said that it ends.
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type * as z from 'zod/mini';
import { api, type Query } from './client.js';
import { useFreshness, type ReadOptions } from './read.js';

interface PagesOptions extends Pick<ReadOptions, 'query' | 'live' | 'keep'> {
  /** Entries of a page. */
  limit: number;
  /** The parameter that says where the page before has ended. */
  from: 'before' | 'after';
}

/** Of a list's pages: apart from what `useRead` keeps of the same path. */
export const pagesKey = (path: string, query: Query) => [path, query, 'pages'] as const;

/** A list whose every answer says where the next page begins; null: nowhere. */
export function usePages<T extends z.core.$ZodType<{ next: string | null }>>(
  path: string,
  schema: T,
  { query = {}, live, keep = false, limit, from }: PagesOptions,
) {
  return useInfiniteQuery({
    queryKey: pagesKey(path, query),
    queryFn: ({ pageParam }) => api.get(path, schema, { ...query, limit, [from]: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    ...useFreshness(live),
    ...(keep && { placeholderData: keepPreviousData }),
  });
}
