// Talks to the REST interface for the person who is signed in: what it answers is parsed, what it refuses is thrown as a sentence.
import * as z from 'zod/mini';
import { accessToken, renewAccess } from './access-token.js';
import { ApiProblem, problemOf, unreachable } from './problem.js';

const TIMEOUT_MS = 20_000;

export type Query = Record<string, string | number | boolean | undefined | null>;
export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface Ask {
  method: 'GET' | Method;
  path: string;
  body?: object;
  signal?: AbortSignal;
}

export const api = {
  /** Reads. @throws ApiProblem */
  async get<T extends z.core.$ZodType>(path: string, schema: T, query: Query = {}): Promise<z.output<T>> {
    return parsed(schema, await json({ method: 'GET', path: withQuery(path, query) }));
  },

  /** Writes; gives back what the schema says, nothing without one. @throws ApiProblem */
  async send<T extends z.core.$ZodType = z.ZodMiniVoid>(
    method: Method,
    path: string,
    body?: object,
    schema?: T,
  ): Promise<z.output<T>> {
    const answer = await json({ method, path, body });
    return (schema ? parsed(schema, answer) : undefined) as z.output<T>;
  },

  /** The answer as it comes, for what is streamed or is no JSON. It has no time limit. @throws ApiProblem */
  stream(method: 'GET' | Method, path: string, body?: object, signal?: AbortSignal): Promise<Response> {
    return request({ method, path, body, signal });
  },

  /** Saves an answer as a file on the person's machine. @throws ApiProblem */
  async download(path: string, name: string): Promise<void> {
    const response = await request({ method: 'GET', path });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await response.blob());
    link.download = name;
    link.click();
    // The browser has read the address by the next task.
    setTimeout(() => URL.revokeObjectURL(link.href));
  },
};

export function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
  );
  return given.length > 0 ? `${path}?${new URLSearchParams(given).toString()}` : path;
}

async function json(ask: Ask): Promise<unknown> {
  const response = await request({ ...ask, signal: AbortSignal.timeout(TIMEOUT_MS) });
  return response.status === 204 ? undefined : response.json();
}

/** Asks; once more with a new access token when the present one has expired. */
async function request(ask: Ask): Promise<Response> {
  const hadToken = accessToken() !== undefined;
  const first = await once(ask);
  if (first.ok) return first;
  const problem = await problemOf(first);
  if (problem.status !== 401 || !hadToken || (await renewAccess())) throw problem;
  const second = await once(ask);
  if (second.ok) return second;
  throw await problemOf(second);
}

async function once({ method, path, body, signal }: Ask): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json, */*;q=0.1', 'x-retune-request': '1' };
  const token = accessToken();
  if (token) headers.authorization = `Bearer ${token}`;
  if (body) headers['content-type'] = 'application/json';
  try {
    return await fetch(path, { method, headers, body: body && JSON.stringify(body), signal });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable();
  }
}

/** An answer as the schema has it. @throws ApiProblem */
export function parsed<T extends z.core.$ZodType>(schema: T, answer: unknown): z.output<T> {
  const { success, data } = z.safeParse(schema, answer);
  if (success) return data;
  const sentence = 'The service answered something this console doesn’t understand. Are both of the same version?';
  throw new ApiProblem(200, 'not_understood', 'Not understood', sentence);
}
