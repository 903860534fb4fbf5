// Any failure as RFC 9457 problem details. Expected failures say what happened; unexpected ones show only an id that is in the log.
import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { z } from 'zod';
import { RetuneError, type ErrorKind } from '../config/retune-error.js';
import { asUnavailable } from '../database/database-error.js';
import { RequestError } from './request-error.js';

/** What a client gets for any failure (`application/problem+json`). */
export const problemSchema = z
  .object({
    type: z.string().describe('`about:blank`: the status and `code` say what kind of problem this is.'),
    title: z.string().describe('The words of the HTTP status.'),
    status: z.int().describe('The HTTP status.'),
    detail: z.string().describe('What happened and what to do, for people.'),
    code: z.string().describe('Stable, for programs, e.g. `feedback.message_unknown`.'),
    instance: z.string().describe('Path of the request.'),
    correlationId: z.string().describe('Finds this request in the log.'),
    retryAfterMs: z.number().optional().describe('When it is worth to try again.'),
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .describe('RFC 9457 problem details');
export type Problem = z.infer<typeof problemSchema>;

const STATUS_OF_KIND: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  tooLarge: 413,
  limited: 429,
  unavailable: 503,
};
const CODE_OF_STATUS: Record<number, string> = {
  400: 'request.malformed',
  404: 'request.route_unknown',
  405: 'request.method_unknown',
  413: 'request.too_large',
  415: 'request.media_type_unsupported',
};

/** Maps a failure; `expected` is false when nobody foresaw it (then log it). */
export function problemOf(
  error: unknown,
  request: { instance: string; correlationId: string },
): { problem: Problem; expected: boolean } {
  const known = error instanceof RetuneError ? error : asUnavailable(error);
  if (known) {
    const issues = known instanceof RequestError ? { issues: known.issues } : {};
    const retry = known.retryAfterMs === undefined ? {} : { retryAfterMs: known.retryAfterMs };
    return {
      expected: true,
      problem: problem(STATUS_OF_KIND[known.kind], known.code, known.message, request, { ...issues, ...retry }),
    };
  }
  const refused = asRefusal(error);
  if (refused) {
    const code = CODE_OF_STATUS[refused.status] ?? 'request.refused';
    return { expected: true, problem: problem(refused.status, code, refused.detail, request) };
  }
  const detail = `Something went wrong here. The log has more under ${request.correlationId}.`;
  return { expected: false, problem: problem(500, 'internal', detail, request) };
}

function problem(
  status: number,
  code: string,
  detail: string,
  request: { instance: string; correlationId: string },
  more: Pick<Problem, 'issues' | 'retryAfterMs'> = {},
): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code, ...request, ...more };
}

/** Refusals by the framework and the body parser, before any of our code saw the request: 4xx only. */
function asRefusal(error: unknown): { status: number; detail: string } | undefined {
  if (!(error instanceof Error)) return undefined;
  const { type, status: parserStatus } = error as Error & { type?: unknown; status?: unknown };
  const status =
    error instanceof HttpException ? error.getStatus() : typeof parserStatus === 'number' ? parserStatus : 500;
  if (status < 400 || status > 499) return undefined;
  if (status === 413) return { status, detail: 'The body of this request is too large.' };
  if (type === 'entity.parse.failed' || error.cause instanceof SyntaxError) {
    return { status, detail: 'The body is not valid JSON.' };
  }
  return { status, detail: error.message };
}
