// Fails when the embed grew over its limits: a host page pays for every byte. Run after `npm run build:web`.
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { URL } from 'node:url';
import { gzipSync } from 'node:zlib';

const folder = new URL('../dist/web-widget/', import.meta.url);
const limitsKib = { 'widget.js': 4, 'widget/chat-': 36 };

const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.js'));
let failed = false;
for (const [prefix, limitKib] of Object.entries(limitsKib)) {
  const file = files.find((each) => each.startsWith(prefix));
  if (!file) throw new Error(`${prefix}…: not built. Run \`npm run build:web\` first.`);
  const kib = gzipSync(readFileSync(new URL(file, folder)), { level: 9 }).length / 1024;
  const over = kib > limitKib;
  failed ||= over;
  process.stdout.write(`${file}: ${kib.toFixed(1)} KiB gzip, limit ${limitKib} KiB${over ? ', TOO LARGE' : ''}\n`);
}
process.exit(failed ? 1 : 0);
