// Two set-ups at once (two clones, `npm start` beside `npm test`) must not write the same files: one works, the others wait for it.
// Node has no flock, so a lock is a file made exclusively whose time of change is its holder's heartbeat.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SetupError, systemCodeOf } from './setup-error.js';

const HEARTBEAT_MS = 5_000;
/** A holder that hasn't been heard of for so long is gone, even if its process can't be seen from here (other container). */
const SILENCE_MS_MAX = 60_000;
const WAIT_MS_MAX = 45 * 60_000;
const POLL_MS = 200;

/** Locks that this very process holds: a lock file with our number that isn't among them is of an earlier life (containers reuse numbers). */
const held = new Set<string>();

const holderSchema = z.object({ pid: z.number().int(), host: z.string() });

export interface LockOptions {
  /** Told once when someone else holds the lock. */
  onWait?: (holder: string) => void;
  waitMsMax?: number;
}

/**
 * Runs `work` while no one else does under the same path.
 * @throws SetupError `setup.locked` when the holder doesn't finish in time
 */
export async function withLock<T>(path: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  await acquire(path, options);
  const heartbeat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    held.delete(path);
    await rm(path, { force: true });
  }
}

async function acquire(path: string, { onWait, waitMsMax = WAIT_MS_MAX }: LockOptions): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const deadline = Date.now() + waitMsMax;
  for (let tries = 0; ; tries++) {
    if (createExclusively(path)) {
      held.add(path);
      return;
    }
    if (isAbandoned(path)) {
      await removeAbandoned(path);
      continue;
    }
    if (tries === 0) onWait?.(describeHolder(path));
    if (Date.now() > deadline) {
      const advice = `wait for it, or remove ${path} if nothing is running`;
      throw new SetupError('setup.locked', `Another process (${describeHolder(path)}) is still at work: ${advice}.`);
    }
    await sleep(POLL_MS);
  }
}

function createExclusively(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Whether the holder of a lock is surely gone. */
export function isAbandoned(path: string, nowMs = Date.now()): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return false;
  const ageMs = nowMs - found.mtimeMs;
  if (ageMs > SILENCE_MS_MAX) return true;
  const holder = readHolder(path);
  // An unreadable lock is one just being written, unless it stays so.
  if (!holder) return ageMs > HEARTBEAT_MS;
  if (holder.host !== hostname()) return false;
  return holder.pid === process.pid ? !held.has(path) : !isProcessAlive(holder.pid);
}

/** Removes an abandoned lock; a second guard keeps two waiters from removing one that was taken in between. */
async function removeAbandoned(path: string): Promise<void> {
  const guard = `${path}.removing`;
  if (!createExclusively(guard)) {
    const age = await stat(guard).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > HEARTBEAT_MS) await rm(guard, { force: true });
    await sleep(POLL_MS);
    return;
  }
  try {
    if (isAbandoned(path)) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

function readHolder(path: string): z.infer<typeof holderSchema> | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

function describeHolder(path: string): string {
  const holder = readHolder(path);
  return holder ? `process ${holder.pid} on ${holder.host}` : 'unknown process';
}

/** Whether a process with this number exists (it may belong to another user). */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === 'EPERM';
  }
}
