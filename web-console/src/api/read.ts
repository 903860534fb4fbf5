// Reading and writing in pages: `useRead` keeps an answer fresh, `useWrite` says how a write went.
import { notifications } from '@mantine/notifications';
import { keepPreviousData, useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import type * as z from 'zod/mini';
import { useRealtime } from '../live/realtime.js';
import type { Kind } from '../live/kinds.js';
import { api, type Query } from './client.js';
import { asProblem, type ApiProblem } from './problem.js';

/** While nothing tells of changes, what is on the screen is asked for again. */
const POLL_MS = 4_000;
const SAFETY_POLL_MS = 60_000;

export interface ReadOptions {
  query?: Query;
  /** What its answer tells of: a change of one of these asks again. */
  live?: Kind[];
  enabled?: boolean;
  /** Shows the answer before while the next one is on its way: for filters and pages of a list. */
  keep?: boolean;
}

/** How an answer follows what it tells of. */
export function useFreshness(live: Kind[] | undefined) {
  const realtime = useRealtime();
  const intervalMs = realtime === 'live' ? SAFETY_POLL_MS : POLL_MS;
  return { meta: { live: live ?? [] }, refetchInterval: live ? intervalMs : (false as const) };
}

/** An answer of the service. Its key is [path, query]. */
export function useRead<T extends z.core.$ZodType>(
  path: string,
  schema: T,
  { query = {}, live, enabled = true, keep = false }: ReadOptions = {},
): UseQueryResult<z.output<T>, ApiProblem> {
  return useQuery<z.output<T>, ApiProblem>({
    queryKey: [path, query],
    queryFn: () => api.get(path, schema, query),
    enabled,
    ...useFreshness(live),
    ...(keep && { placeholderData: keepPreviousData }),
  });
}

export interface WriteOptions<T> {
  /** Said when it is done. */
  done?: string | ((answer: T) => string);
  /** Paths (or their beginnings) whose answers are asked for again. */
  invalidates?: string[];
  /** The caller shows the problem itself. */
  quiet?: boolean;
}

/** A write; a failure is said as an alert, with the service's own sentence. */
export function useWrite<V, T>(
  write: (value: V) => Promise<T>,
  { done, invalidates = [], quiet = false }: WriteOptions<T> = {},
) {
  const client = useQueryClient();
  return useMutation<T, Error, V>({
    mutationFn: write,
    onSuccess: async (answer) => {
      const message = typeof done === 'function' ? done(answer) : done;
      if (message) notifications.show({ message, color: 'green' });
      await client.invalidateQueries({ predicate: ({ queryKey }) => isAbout(queryKey, invalidates) });
    },
    onError: (error) => {
      if (!quiet)
        notifications.show({ message: asProblem(error).detail, color: 'red', role: 'alert', autoClose: 12_000 });
    },
  });
}

/** Whether an answer is of one of these paths, or of one that begins like it. */
export function isAbout([path]: readonly unknown[], beginnings: string[]): boolean {
  return typeof path === 'string' && beginnings.some((beginning) => path.startsWith(beginning));
}
