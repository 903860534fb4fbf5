import { readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { areLinksRestored, restoreLinks } from './postgres-binaries.js';

describe('restoreLinks', () => {
  let folder: string;
  const list = (links: object) => writeFile(join(folder, 'native', 'pg-symlinks.json'), JSON.stringify(links));
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retune-links-'));
    await mkdir(join(folder, 'native', 'lib'), { recursive: true });
    await writeFile(join(folder, 'native', 'lib', 'libpq.so.5.18'), 'library');
    await list([
      { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' },
      { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so' },
    ]);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('makes relative links that lead to the libraries', async () => {
    expect(areLinksRestored(folder)).toBe(false);
    expect(await restoreLinks(folder)).toBe(2);
    expect(areLinksRestored(folder)).toBe(true);
    expect(readlinkSync(join(folder, 'native/lib/libpq.so'))).toBe('libpq.so.5.18');
    expect(await readFile(join(folder, 'native/lib/libpq.so.5'), 'utf8')).toBe('library');
  });

  it('does nothing the second time, and only what is missing in between', async () => {
    await restoreLinks(folder);
    expect(await restoreLinks(folder)).toBe(0);
    await rm(join(folder, 'native/lib/libpq.so'));
    expect(await restoreLinks(folder)).toBe(1);
  });

  it('refuses a link that leads out of the package', async () => {
    await list([{ source: 'native/lib/libpq.so.5.18', target: '../../evil' }]);
    await expect(restoreLinks(folder)).rejects.toMatchObject({ code: 'setup.postgres' });
  });
});
