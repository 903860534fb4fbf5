import type { Stats } from 'node:fs';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canEnter, chooseCacheFolder, chooseDataHome, ensureFolder, type Surroundings } from './paths.js';

const surroundings = (changes: Partial<Surroundings> = {}): Surroundings => ({
  variables: {},
  home: '/home/ann',
  workingFolder: '/home/ann/retune',
  canWrite: () => true,
  ...changes,
});

describe('chooseCacheFolder', () => {
  it.each([
    [{ RETUNE_CACHE: '/big/cache', XDG_CACHE_HOME: '/xdg' }, '/big/cache'],
    [{ RETUNE_CACHE: 'cache' }, '/home/ann/retune/cache'],
    [{ XDG_CACHE_HOME: '/xdg' }, '/xdg/retune'],
    [{}, '/home/ann/.cache/retune'],
  ])('%j gives %s', (variables, expected) => {
    expect(chooseCacheFolder(surroundings({ variables }))).toBe(expected);
  });

  it('takes a system folder when home is not writable', () => {
    const canWrite = (folder: string) => folder.startsWith('/var/');
    expect(chooseCacheFolder(surroundings({ canWrite }))).toBe('/var/cache/retune');
  });

  it("stays with home's folder when nothing is writable, so that the error names it", () => {
    expect(chooseCacheFolder(surroundings({ canWrite: () => false }))).toBe('/home/ann/.cache/retune');
  });
});

describe('chooseDataHome', () => {
  it('takes RETUNE_DATA first, also where the database cannot reach it', () => {
    const home = chooseDataHome(surroundings({ variables: { RETUNE_DATA: 'here' } }), () => false);
    expect(home.folder).toBe('/home/ann/retune/here');
  });

  it('takes ./data by default', () => {
    expect(chooseDataHome(surroundings(), () => true).folder).toBe('/home/ann/retune/data');
  });

  it('takes a system folder of this project when the database cannot reach ./data, and says why', () => {
    const one = chooseDataHome(surroundings(), () => false);
    const other = chooseDataHome(surroundings({ workingFolder: '/root/other' }), () => false);
    expect(one.folder).toMatch(/^\/var\/lib\/retune\/[0-9a-f]{12}$/);
    expect(one.reason).toContain("can't reach /home/ann/retune/data");
    expect(other.folder).not.toBe(one.folder);
    expect(chooseDataHome(surroundings(), () => false)).toEqual(one);
  });

  it('does not hide that ./data is not writable', () => {
    const home = chooseDataHome(surroundings({ canWrite: () => false }), () => true);
    expect(home).toEqual({ folder: '/home/ann/retune/data', reason: 'below the working folder, but not writable' });
  });
});

describe('canEnter', () => {
  const tree: Record<string, Partial<Stats>> = {
    '/': { uid: 0, gid: 0, mode: 0o755 },
    '/root': { uid: 0, gid: 0, mode: 0o700 },
    '/srv': { uid: 0, gid: 50, mode: 0o710 },
    '/own': { uid: 26, gid: 0, mode: 0o070 },
  };
  const look = (path: string) => tree[path] as Stats | undefined;
  const postgres = { uid: 26, gid: 50 };

  it.each([
    ['/missing/yet', true],
    ['/root/retune/data', false],
    ['/srv/data', true],
    ['/own/data', false],
  ])('%s: %s', (folder, expected) => {
    expect(canEnter(postgres, folder, look)).toBe(expected);
  });

  it("uses others' bits for another group", () => {
    expect(canEnter({ uid: 26, gid: 51 }, '/srv/data', look)).toBe(false);
  });
});

describe('ensureFolder', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'retune-paths-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('lets everyone enter what it made, whatever the umask, and leaves the rest alone', async () => {
    await chmod(folder, 0o700);
    const before = process.umask(0o077);
    try {
      ensureFolder(join(folder, 'a', 'b'), 'RETUNE_DATA', true);
    } finally {
      process.umask(before);
    }
    const modes = await Promise.all(
      ['', 'a', 'a/b'].map(async (name) => (await stat(join(folder, name))).mode & 0o777),
    );
    expect(modes).toEqual([0o700, 0o755, 0o755]);
  });

  it('names the variable to set when it cannot', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(() => ensureFolder(join(file, 'below'), 'RETUNE_CACHE')).toThrow(
      /^Can't write in .*below .*set RETUNE_CACHE/,
    );
  });
});
