// Fails when the embed grew over its limits: a host page pays for every byte. Run after `npm run build:web`.
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { URL } from 'node:url';
import { gzipSync } from 'node:zlib';

const folder = new URL('../dist/web-widget/', import.meta.url);
/** By the beginning of the file's name. `loader` and `chat` are what the first opening loads; a language is a chunk more. */
const limitsKib = { 'widget.js': 4, 'widget.mjs': 4, 'widget/chat-': 36, 'widget/': 4 };

let built;
try {
  built = readdirSync(folder, { recursive: true });
} catch {
  process.stderr.write('The widget is not built. Run `npm run build:web` first.\n');
  process.exit(1);
}
const files = built.filter((file) => /^(widget\.m?js|widget\/.+\.js)$/.test(file)).sort();
let failed = !['widget.js', 'widget.mjs', 'widget/chat-'].every((name) => files.some((file) => file.startsWith(name)));
for (const file of files) {
  const [, limitKib] = Object.entries(limitsKib).find(([beginning]) => file.startsWith(beginning));
  const kib = gzipSync(readFileSync(new URL(file, folder)), { level: 9 }).length / 1024;
  const over = kib > limitKib;
  failed ||= over;
  process.stdout.write(`${file}: ${kib.toFixed(1)} KiB gzip, limit ${limitKib} KiB${over ? ', TOO LARGE' : ''}\n`);
}
process.exit(failed ? 1 : 0);
