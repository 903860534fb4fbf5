// A request that failed, in the service's words (RFC 9457 problem details).
import * as z from 'zod/mini';

const maybe = <T extends z.core.SomeType>(schema: T) => z.nullish(schema);

export const problemSchema = z.object({
  title: maybe(z.string()),
  detail: maybe(z.string()),
  code: maybe(z.string()),
  retryAfterMs: maybe(z.number()),
});

/** `status` is 0 when the service couldn't be reached; `detail`, also `message`, is a sentence for people. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly retryAfterMs?: number,
  ) {
    super(detail);
  }
}

/** What an answer that is no success says. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const answer: unknown = await response.json().catch(() => undefined);
  const { data } = problemSchema.safeParse(answer);
  const title = data?.title ?? response.statusText;
  const detail = data?.detail ?? data?.title ?? `The service answered ${response.status}.`;
  return new ApiProblem(response.status, data?.code ?? 'unknown', title, detail, data?.retryAfterMs ?? undefined);
}

/** Anything that was thrown, as a problem. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem(0, 'unknown', 'Problem', error instanceof Error ? error.message : String(error));
}

export const unreachable = (): ApiProblem =>
  new ApiProblem(0, 'unreachable', 'Not reached', 'The service can’t be reached. Is it running?');
