#!/usr/bin/env node
// `npx retune-train`: builds what changed, then runs the command where the caller is.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
if (existsSync(`${root}/src`)) {
  // Its words go to stderr: stdout is the command's.
  const stdio = ['ignore', 2, 2];
  const { status } = spawnSync(process.execPath, ['tools/build-if-needed.mjs'], { cwd: root, stdio });
  if (status !== 0) process.exit(status ?? 1);
}
await import('../dist/src/lora-cli/retune-train.js');
