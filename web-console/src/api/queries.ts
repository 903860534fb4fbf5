// What the service has answered, kept while it is of use.
import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './problem.js';

const FRESH_MS = 5_000;
const RETRIES_MAX = 2;

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      // What was refused once is refused again.
      retry: (count, error) => count < RETRIES_MAX && error instanceof ApiProblem && isPassing(error),
    },
    mutations: { retry: false },
  },
});

function isPassing({ status, code }: ApiProblem): boolean {
  return code === 'unreachable' || status === 503 || status === 502 || status === 504;
}
