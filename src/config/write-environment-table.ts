// `npm run docs:config`: rewrites the configuration table of README.md; with `--check` it only says whether that would change it.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { withEnvironmentTable } from './environment-table.js';

const file = resolve('README.md');
const document = readFileSync(file, 'utf8');
const wanted = withEnvironmentTable(document);
if (process.argv.includes('--check')) {
  if (wanted !== document) {
    console.error("README.md's configuration table is out of date: run `npm run docs:config`.");
    process.exitCode = 1;
  }
} else if (wanted !== document) {
  writeFileSync(file, wanted);
}
