// The access token: in memory only, renewed by the refresh cookie, which no script can read. One renewal at a time, over all tabs.
import * as z from 'zod/mini';
import { problemOf, unreachable, type ApiProblem } from './problem.js';

const TIMEOUT_MS = 20_000;
export const signedInSchema = z.object({ accessToken: z.string() });

let token: string | undefined;
let givenAtMs = 0;
let renewal: Promise<ApiProblem | undefined> | undefined;
const watchers = new Set<(problem: ApiProblem) => void>();

export const accessToken = (): string | undefined => token;
export const accessTokenAgeMs = (): number => Date.now() - givenAtMs;

export function setAccessToken(given: string | undefined): void {
  token = given;
  givenAtMs = Date.now();
}

/** Tells when a renewal was refused, so that one has to sign in again. @returns the way to stop it */
export function onSessionEnd(watcher: (problem: ApiProblem) => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Gets a new access token. @returns why that failed; undefined when there is one */
export function renewAccess(): Promise<ApiProblem | undefined> {
  renewal ??= inTurn(ask).finally(() => (renewal = undefined));
  return renewal;
}

/** Tabs share the cookie, which each renewal changes. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  // Undefined where the page came over plain http from another machine; the service takes two renewals at once, within bounds.
  const locks = navigator.locks as typeof navigator.locks | undefined;
  return locks ? locks.request('retune:renew', work) : work();
}

async function ask(): Promise<ApiProblem | undefined> {
  const response = await fetch('/api/v1/sessions/refresh', {
    method: 'POST',
    headers: { 'x-retune-request': '1', accept: 'application/json' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => undefined);
  if (!response) return unreachable();
  if (response.ok) {
    setAccessToken(signedInSchema.parse(await response.json()).accessToken);
    return undefined;
  }
  const problem = await problemOf(response);
  if (response.status === 401 || response.status === 403) {
    setAccessToken(undefined);
    watchers.forEach((watcher) => watcher(problem));
  }
  return problem;
}
