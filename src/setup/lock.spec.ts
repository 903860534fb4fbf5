import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAbandoned, withLock } from './lock.js';

const holder = (pid: number, host = hostname()) => JSON.stringify({ pid, host });

/** The number of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

describe('withLock', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retune-lock-'));
    path = join(folder, 'lock');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await sleep(20);
      inside--;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(path, work)));
    expect(most).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  it('gives the lock back when the work fails', async () => {
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(withLock(path, () => Promise.resolve(7))).resolves.toBe(7);
  });

  it('takes over the lock of a process that has ended', async () => {
    await writeFile(path, holder(deadPid()));
    await expect(withLock(path, () => Promise.resolve(1), { waitMsMax: 1_000 })).resolves.toBe(1);
  });

  it('takes over a lock of its own number from an earlier life', async () => {
    await writeFile(path, holder(process.pid));
    await expect(withLock(path, () => Promise.resolve(1), { waitMsMax: 1_000 })).resolves.toBe(1);
  });

  it('says who holds it when the wait is over', async () => {
    await writeFile(path, holder(process.ppid));
    const seen: string[] = [];
    const waiting = withLock(path, () => Promise.resolve(1), { waitMsMax: 100, onWait: (who) => seen.push(who) });
    await expect(waiting).rejects.toMatchObject({ code: 'setup.locked' });
    expect(seen).toEqual([`process ${process.ppid} on ${hostname()}`]);
    expect(existsSync(path)).toBe(true);
  });

  it('trusts the heartbeat alone for a process on another host', async () => {
    await writeFile(path, holder(deadPid(), 'elsewhere'));
    expect(isAbandoned(path)).toBe(false);
    const longAgo = new Date(Date.now() - 120_000);
    await utimes(path, longAgo, longAgo);
    expect(isAbandoned(path)).toBe(true);
  });
});
