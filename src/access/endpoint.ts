// One decorator for what every REST route has: who may use it, what it does, what it answers, and how it may fail. OpenAPI comes from it.
import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { Guarded } from './access.guard.js';
import type { AssistantOf } from './assistant-of.js';
import { problemSchema } from './problem-details.js';
import type { Role } from './roles.js';

export interface EndpointOptions {
  /** Who may use it; `public` needs no token. */
  access: Role | 'public' | 'signed-in';
  /**
   * How the assistant is found for which the role is needed. Default: by the path's `:slug` if it has one, else `all`, which needs the
   * role for all assistants. On a public route: what an agent who sends a token must have a role for.
   */
  of?: AssistantOf;
  /** May be used by somebody who must choose a password of their own first. */
  beforeOwnPassword?: boolean;
  /** Tokens are not looked at: who renews one has one that has expired. */
  tokenless?: boolean;
  /** What it does, in a few words. */
  summary: string;
  description?: string;
  /** Schema of the answer; undefined for none. */
  answer?: z.ZodType;
  /** Default: 200, or 204 without an answer. */
  status?: number;
  /** How it may fail beyond bad input, missing access and an unavailable database: status → when. */
  failures?: Record<number, string>;
}

/** Declares a REST route. Use it beside Nest's `@Get()` and the like. */
export function Endpoint(options: EndpointOptions): MethodDecorator {
  const { access, of, beforeOwnPassword, tokenless, answer, status = answer ? 200 : 204 } = options;
  const failures = { ...commonFailures(access), ...options.failures };
  return applyDecorators(
    Guarded({ needed: access, of, beforeOwnPassword, tokenless }),
    HttpCode(status),
    ApiOperation({ summary: options.summary, description: options.description ?? `For: ${access}.` }),
    ...(access === 'public' ? [] : [ApiBearerAuth(access === 'signed-in' ? 'agent' : access), ACTOR_HEADER]),
    ApiResponse(
      answer ? { status, description: 'Done.', standardSchema: answer } : { status, description: 'Done; no content.' },
    ),
    ...Object.entries(failures).map(([code, description]) => problemResponse(Number(code), description)),
  );
}

const ACTOR_HEADER = ApiHeader({ name: 'X-Retune-Actor', required: false, description: 'Your name, for the records.' });

function commonFailures(access: EndpointOptions['access']): Record<number, string> {
  const guarded: Record<number, string> = {
    401: 'No token, or one that is not known or has expired.',
    403: `The token's owner has not the role ${access} where this needs it.`,
  };
  return {
    400: 'The request does not have the form it must have.',
    ...(access === 'public' ? {} : guarded),
    503: 'The database is not available at the moment.',
  };
}

function problemResponse(status: number, description: string): MethodDecorator {
  return ApiResponse({ status, description, content: { 'application/problem+json': { schema: PROBLEM_REFERENCE } } });
}

const PROBLEM_REFERENCE = { $ref: '#/components/schemas/Problem' };

/** The schema that every failure refers to, for the OpenAPI document's components. */
export const PROBLEM_COMPONENT = { name: 'Problem', schema: problemSchema };
