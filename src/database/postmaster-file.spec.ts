import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPostmaster, removeLeftover } from './postmaster-file.js';

describe('postmaster.pid', () => {
  let cluster: string;
  const write = (pid: number, status = 'ready   ') =>
    writeFile(join(cluster, 'postmaster.pid'), [pid, cluster, 1, 54321, '', '127.0.0.1', '  1 2', status].join('\n'));
  beforeEach(async () => (cluster = await mkdtemp(join(tmpdir(), 'retune-postmaster-'))));
  afterEach(() => rm(cluster, { recursive: true }));

  it('that names a live process of something else is a leftover', async () => {
    await write(process.pid);
    expect(readPostmaster(cluster)).toBeUndefined();
    await removeLeftover(cluster);
    expect(existsSync(join(cluster, 'postmaster.pid'))).toBe(false);
  });

  it('that is missing, empty or garbled means that nothing runs', async () => {
    expect(readPostmaster(cluster)).toBeUndefined();
    for (const content of ['', 'x\ny', '-4\n']) {
      await writeFile(join(cluster, 'postmaster.pid'), content);
      expect(readPostmaster(cluster)).toBeUndefined();
    }
  });
});
