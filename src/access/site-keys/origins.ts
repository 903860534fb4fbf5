// Which websites may use a site key. Browsers say where a page comes from (`Origin`) and pages can't change it, so this keeps other
// websites from embedding the assistant; it stops nobody who writes a client of their own.
import { z } from 'zod';

const ORIGIN_CHARS_MAX = 200;
/** `https://shop.example`, with a port if it isn't the usual one; `*.` in front of the host: all below it. */
const PATTERN = /^(https?):\/\/(\*\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/;

/** One entry of an allow-list, as an origin is written: no path, no capitals. */
export const originSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(ORIGIN_CHARS_MAX)
  .transform((origin) => origin.replace(/\/$/, ''))
  .refine(isOrigin, 'must be an origin such as https://shop.example or https://*.shop.example');

/** Where a request comes from, as its headers say. */
export interface RequestSource {
  /** The `Origin` header; browsers leave it out where a page asks its own server over HTTP. */
  origin?: string;
  /** The `Sec-Fetch-Site` header. */
  fetchSite?: string;
  /** The `Host` header: our own pages are always welcome. */
  host?: string;
}

/** Whether a page of this origin may use a key. @param allowed origins by `originSchema`; none: every page may */
export function isOriginAllowed(allowed: readonly string[], { origin, fetchSite, host }: RequestSource): boolean {
  if (allowed.length === 0) return true;
  if (origin === undefined) return fetchSite === 'same-origin';
  const asked = origin.toLowerCase();
  return isOwn(asked, host) || allowed.some((pattern) => matches(pattern, asked));
}

function isOrigin(origin: string): boolean {
  const [, scheme, , host, port] = PATTERN.exec(origin) ?? [];
  // The usual port is never written in an `Origin` header, so such an entry would match nothing.
  return host !== undefined && URL.canParse(`${scheme}://${host}:${port ?? 1}`) && port !== USUAL_PORT[scheme ?? ''];
}

const USUAL_PORT: Record<string, string> = { http: '80', https: '443' };

function isOwn(origin: string, host: string | undefined): boolean {
  return (
    host !== undefined && (origin === `https://${host.toLowerCase()}` || origin === `http://${host.toLowerCase()}`)
  );
}

function matches(pattern: string, origin: string): boolean {
  if (!pattern.includes('//*.')) return pattern === origin;
  const [scheme, rest] = pattern.split('//*.') as [string, string];
  const host = origin.slice(scheme.length + 2);
  return origin.startsWith(`${scheme}//`) && host.endsWith(`.${rest}`) && host.length > rest.length + 1;
}
