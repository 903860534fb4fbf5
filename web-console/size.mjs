// Fails when what the console loads first grew over its limit: the page, its style sheet, the entry and all that it imports at once, and
// the live connection, which comes right after. Pages are loaded when they are opened. Run after `npm run build:web`.
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { URL } from 'node:url';
import { gzipSync } from 'node:zlib';

const folder = new URL('../dist/web-console/', import.meta.url);
const LIMIT_KIB = 260;

const read = (name) => readFileSync(new URL(name, folder));
const kib = (name) => gzipSync(read(name), { level: 9 }).length / 1024;

/** The files that a file brings along before it runs. */
function importsOf(name) {
  const text = read(name).toString();
  return [...text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)].map(([, file]) => `assets/${file}`);
}

let page;
try {
  page = read('index.html').toString();
} catch {
  process.stderr.write('The console is not built. Run `npm run build:web` first.\n');
  process.exit(1);
}
const named = [...page.matchAll(/(?:src|href)="\/console\/(assets\/[^"]+)"/g)].map(([, file]) => file);
const live = readdirSync(new URL('assets/', folder)).filter((file) => file.startsWith('console-socket-'));
const files = new Set(['index.html', ...named, ...live.map((file) => `assets/${file}`)]);
for (const file of files) if (file.endsWith('.js')) importsOf(file).forEach((each) => files.add(each));

let total = 0;
for (const file of files) {
  total += kib(file);
  process.stdout.write(`${file}: ${kib(file).toFixed(1)} KiB gzip\n`);
}
const isOver = total > LIMIT_KIB || live.length === 0;
process.stdout.write(
  `First load: ${total.toFixed(1)} KiB gzip, limit ${LIMIT_KIB} KiB${isOver ? ', TOO LARGE' : ''}\n`,
);
process.exit(isOver ? 1 : 0);
