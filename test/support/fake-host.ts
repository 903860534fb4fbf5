// The host sites that tests embed the widget on, all with a strict policy and hostile CSS: `/` with the script tag, `/element`,
// `/module` and `/queue` with the other ways, `/set-up` with a key that has widget settings, and the same from another origin with `?cross`. `/open` has no policy,
// `/plain` no CSS.
import { createReadStream, existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { resolve } from 'node:path';

const BUILT = resolve('dist/web-widget');

/** As bad as a page gets: important rules for everything, and letters that inherit. */
const HOSTILE_CSS = `* { font-size: 40px !important; color: red !important; float: left; letter-spacing: 1em;
  position: static !important; opacity: 0.5; all: unset; text-transform: uppercase; line-height: 9; cursor: wait }
button, textarea, svg, section { display: none !important } retune-chat { display: inline !important; zoom: 2 !important }
main, main button { display: block !important }`;

/** The policy that a careful site has; `script` is where the widget comes from. */
const policyOf = (script: string, more = ''): string =>
  `default-src 'self'; style-src 'self'; script-src 'self' ${script}; ${more}`;

const QUEUE_JS = `window.heard = [];
(window.Retune ||= []).push(['on', 'ready', () => heard.push('ready')], ['on', 'open', () => heard.push('open')]);
Retune.push(['boot', { siteKey: 'queued', locale: 'de' }], ['nonsense'], (retune) => retune.newMessage('Vom Wirt'));`;

const MODULE_JS = `import { RetuneChat } from '/widget.mjs';
window.chat = RetuneChat.boot({ siteKey: 'module', theme: 'dark', position: 'left' });
window.heard = [];
for (const name of ['ready', 'open', 'close', 'message', 'unread', 'rating', 'handover', 'connection', 'error'])
  chat.on(name, (detail) => heard.push([name, detail]));`;

/** What stands in each page's body and head. */
const PAGES: Record<string, (attributes: string, origin: string) => string> = {
  '/': (attributes, origin) => `<script async src="${origin}/widget.js" data-key="fake" ${attributes}></script>`,
  '/open': () => '<script async src="/widget.js" data-key="fake"></script>',
  '/plain': (attributes) => `<script async src="/widget.js" data-key="fake" ${attributes}></script>`,
  '/element': (attributes, origin) =>
    `<script async src="${origin}/widget.js"></script><retune-chat site-key="element" ${attributes}></retune-chat>`,
  '/module': () => '<script type="module" src="/host-module.js"></script>',
  '/set-up': (attributes, origin) =>
    `<script async src="${origin}/widget.js" data-key="set-up" ${attributes}></script>`,
  '/queue': () => '<script src="/host-queue.js"></script><script async src="/widget.js"></script>',
};
/** Widget settings by site key, as an operator may have them. */
const LOOKS: Record<string, object> = {
  'set-up': {
    ...{ accentLight: '#b3261e', accentDark: '#ffb4ab', onAccentLight: '#ffffff', onAccentDark: '#000000' },
    ...{ theme: 'dark', position: 'left', locale: 'de' },
  },
};
const SCRIPTS: Record<string, string> = { '/host-module.js': MODULE_JS, '/host-queue.js': QUEUE_JS };

function page(url: URL, path: string): { html: string; policy: string } {
  const cross = url.searchParams.get('cross');
  // One server has two origins: its name and its address.
  const origin = cross === null ? '' : `http://127.0.0.1:${url.port}`;
  const attributes = ['locale', 'theme', 'position']
    .filter((name) => url.searchParams.has(name))
    .map((name) => `data-${name}="${url.searchParams.get(name)}"`)
    .join(' ');
  const head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">';
  const html = `<!doctype html><html lang="en"><head>${head}<title>A host site</title>
${path === '/plain' ? '' : '<link rel="stylesheet" href="/hostile.css">'}</head>
<body><main><h1>A host site</h1><button>Its own button</button></main>${PAGES[path]!(attributes, origin)}</body></html>`;
  const connect = cross === 'connect' ? `connect-src 'self' ${origin} ${origin.replace('http', 'ws')};` : '';
  const policy = policyOf(origin, `${connect} ${cross === null ? "require-trusted-types-for 'script'" : ''}`);
  return { html, policy };
}

/** Answers what a host page and the embed ask for; anything else is 404. */
export function serveHost(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'host'}`);
  const send = (type: string, text: string, headers: Record<string, string> = {}) =>
    void response.writeHead(200, { 'content-type': type, ...headers }).end(text);
  if (PAGES[url.pathname]) {
    const { html, policy } = page(url, url.pathname);
    return send('text/html', html, url.pathname === '/open' ? {} : { 'content-security-policy': policy });
  }
  if (SCRIPTS[url.pathname]) return send('text/javascript', SCRIPTS[url.pathname]!);
  if (url.pathname === '/hostile.css') return send('text/css', HOSTILE_CSS);
  const [, siteKey] = /^\/api\/v1\/widget\/([\w-]+)$/.exec(url.pathname) ?? [];
  if (siteKey)
    return send('application/json', JSON.stringify(LOOKS[siteKey] ?? {}), { 'access-control-allow-origin': '*' });
  const file = resolve(BUILT, `.${url.pathname}`);
  if (!file.startsWith(BUILT) || !existsSync(file))
    return void response.writeHead(url.pathname === '/favicon.ico' ? 204 : 404).end();
  const headers = { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' };
  createReadStream(file).pipe(response.writeHead(200, headers));
}
