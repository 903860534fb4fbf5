// The archive is one that `tar` reads: names, sizes and bytes, also of a file that fills its last block.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { tarOf } from './tar.js';

it('gives back each file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'retune-tar-'));
  try {
    const files = {
      'adapter_config.json': Buffer.from('{}\n'),
      'full.bin': Buffer.alloc(1024, 7),
      'empty.bin': Buffer.alloc(0),
    };
    const entries = Object.keys(files).map((name) => ({ name, path: join(folder, name) }));
    for (const { name, path } of entries) await writeFile(path, files[name as keyof typeof files]);
    const { stream, sizeBytes } = await tarOf(entries, new Date(1_700_000_000_000));
    const bytes = await buffer(stream);
    expect(bytes.length).toBe(sizeBytes);
    await writeFile(join(folder, 'a.tar'), bytes);
    execFileSync('mkdir', [join(folder, 'out')]);
    execFileSync('tar', ['-xf', join(folder, 'a.tar'), '-C', join(folder, 'out')]);
    for (const [name, content] of Object.entries(files))
      expect(await readFile(join(folder, 'out', name))).toEqual(content);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
