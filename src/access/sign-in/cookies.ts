// The cookies of signing in. A page of another website can't make a browser use them: SameSite, a path of their own, and a header that
// only scripts of our own pages can send.
import type { CookieOptions, Request, Response } from 'express';
import { AccessError } from '../access-error.js';
import type { Place } from './user-sessions.js';

const REFRESH = 'retune_refresh';
const PATH = '/api/v1/sessions';
const COOKIES_CHARS_MAX = 16_384;

const options = (request: Request): CookieOptions => ({
  ...{ httpOnly: true, sameSite: 'strict', path: PATH, secure: request.secure },
});

export function setRefreshCookie(request: Request, response: Response, token: string, expires: Date): void {
  response.cookie(REFRESH, token, { ...options(request), expires });
}

export function clearRefreshCookie(request: Request, response: Response): void {
  response.clearCookie(REFRESH, options(request));
}

export function refreshCookie(request: Request): string | undefined {
  return cookie(request, REFRESH);
}

/** @returns the cookie's value, as it was sent */
export function cookie(request: Request, name: string): string | undefined {
  const header = (request.header('cookie') ?? '').slice(0, COOKIES_CHARS_MAX);
  const pair = header.split(';').find((each) => each.trim().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1);
}

/** @throws AccessError `access.cross_site` where a page of another website could have sent this */
export function assertOwnPage(request: Request): void {
  const site = request.header('sec-fetch-site');
  if (request.header('x-retune-request') === '1' && (site === undefined || site === 'same-origin')) return;
  const sentence = 'Send the header X-Retune-Request: 1, from a page of this service.';
  throw new AccessError('access.cross_site', sentence, 'forbidden');
}

/**
 * A form of another website could sign its visitors in as somebody else, and see what they then do.
 * @throws AccessError `access.cross_site`
 */
export function assertNoForm(request: Request): void {
  const site = request.header('sec-fetch-site');
  if (request.is('application/json') && (site === undefined || site === 'same-origin' || site === 'none')) return;
  throw new AccessError('access.cross_site', 'Send JSON, from a page of this service.', 'forbidden');
}

/** Where a request comes from. */
export function placeOf(request: Request): Place {
  return { address: request.ip ?? 'unknown', userAgent: request.header('user-agent') ?? '' };
}
