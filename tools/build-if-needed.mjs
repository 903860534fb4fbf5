// Builds the service, the widget and the console when a source is newer than the last build, so that `npm start`
// and `npm test` need no step before them and cost nothing when all is built.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const STAMP = join('dist', '.built');
const SOURCES = [
  'src',
  'migrations',
  'test/demo',
  'test/bench',
  'test/peers',
  'test/soak',
  'test/support',
  'web-widget',
  'web-console',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Retune needs Node 20.19 or newer; this is ${process.versions.node}. Node 24 is what we recommend.`);
  process.exit(1);
}
if (!existsSync('node_modules')) {
  console.error('The dependencies are missing: run "npm ci" first.');
  process.exit(1);
}

/** Newest modification time below a path, in milliseconds. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const names = readdirSync(path).filter((name) => name !== 'node_modules' && name !== 'dist');
  return Math.max(stat.mtimeMs, ...names.map((name) => newest(join(path, name))));
}

const builtMs = existsSync(STAMP) ? statSync(STAMP).mtimeMs : 0;
if (Math.max(...SOURCES.map(newest)) > builtMs) {
  const startedMs = Date.now();
  process.stdout.write('Building Retune … ');
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'build', '--silent'], { encoding: 'utf8' });
  if (status !== 0) {
    console.error(`failed.\n${stdout}${stderr}`);
    process.exit(1);
  }
  // The time of the start, so that a file saved meanwhile counts as newer.
  writeFileSync(STAMP, new Date(startedMs).toISOString());
  console.log(`done in ${((Date.now() - startedMs) / 1000).toFixed(1)} s.`);
}
