// Gives out what browsers load: the widget (to any site), the demo page and the console. Files with a hash in their name may
// be cached for ever; what names them is asked for again, so that a new release reaches everybody at once.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express, Request, Response } from 'express';

const built = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const widgetDir = built('web-widget');
const consoleDir = built('web-console');

const FOR_EVER = 'public, max-age=31536000, immutable';
/** Long enough to spare repeat visitors the request, short enough for a fix to arrive. */
const LOADER_CACHE = 'public, max-age=300, stale-while-revalidate=86400';

/** Our pages load nothing from elsewhere, run no inline script and are no one's frame. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** The console's parts bring style sheets of their own; each needs the number that is in this answer and in no other. */
const consolePolicy = (nonce: string) => PAGE_POLICY.replace("style-src 'self'", `style-src 'self' 'nonce-${nonce}'`);
const NONCE_BYTES = 16;

type Headers = Record<string, string>;

const PAGE: Headers = {
  'Content-Security-Policy': PAGE_POLICY,
  'Cache-Control': 'no-cache',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** Any site may load these, which is what they are for. */
const PUBLIC: Headers = {
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'X-Content-Type-Options': 'nosniff',
};

const OWN: Headers = { 'Cache-Control': FOR_EVER, 'X-Content-Type-Options': 'nosniff' };

function giveFile(app: NestExpressApplication, route: string, file: string, headers: Headers): void {
  const express: Express = app.getHttpAdapter().getInstance();
  express.get(route, (_request, response) => {
    if (!existsSync(file)) return notBuilt(response);
    // Types are for people and compilers; a browser would take the ending for a video's.
    if (file.endsWith('.d.mts')) response.type('text/plain');
    response.sendFile(file, { headers, cacheControl: false });
  });
}

function notBuilt(response: Response): void {
  response.status(503).type('text/plain').send('The web pages are not built yet. Run `npm run build:web`.\n');
}

/** The console is one page, whatever the address below /console. */
function giveConsole(_request: Request, response: Response): void {
  const file = `${consoleDir}/index.html`;
  if (!existsSync(file)) return notBuilt(response);
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  // Never from a cache: the number would not be that of the header.
  const headers = { ...PAGE, 'Content-Security-Policy': consolePolicy(nonce), 'Cache-Control': 'no-store' };
  response.set(headers).type('html').send(readFileSync(file, 'utf8').replaceAll('__NONCE__', nonce));
}

function giveFolder(app: NestExpressApplication, prefix: string, folder: string, headers: Headers): void {
  app.useStaticAssets(folder, {
    prefix,
    index: false,
    redirect: false,
    setHeaders: (response: ServerResponse) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    },
  });
}

/** Mounts `/widget.js`, `/widget.mjs`, `/demo` and `/console` with what they load. Call it before the application listens. */
export function mountPages(app: NestExpressApplication): void {
  for (const loader of ['widget.js', 'widget.mjs', 'widget.d.mts'])
    giveFile(app, `/${loader}`, `${widgetDir}/${loader}`, { ...PUBLIC, 'Cache-Control': LOADER_CACHE });
  giveFolder(app, '/widget/', `${widgetDir}/widget`, { ...PUBLIC, 'Cache-Control': FOR_EVER });
  giveFile(app, '/demo', `${widgetDir}/index.html`, PAGE);
  giveFolder(app, '/demo/assets/', `${widgetDir}/assets`, OWN);
  giveFolder(app, '/console/assets/', `${consoleDir}/assets`, OWN);
  const express: Express = app.getHttpAdapter().getInstance();
  express.get('/console', giveConsole);
  express.get('/console/*page', (request, response, next) => {
    if (request.path.startsWith('/console/assets/')) next();
    else giveConsole(request, response);
  });
}
