// Reads `postmaster.pid`, in which a running Postgres says who it is and where it listens, and tells a live one from a leftover of a
// crash: Postgres itself refuses to start when the number in a leftover now belongs to some other process, which happens in containers.
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isProcessAlive } from '../setup/lock.js';

/** A Postgres that runs, or starts, on a cluster. */
export interface Postmaster {
  pid: number;
  port: number;
  isReady: boolean;
}

/** The Postgres that has this cluster open, or undefined. */
export function readPostmaster(cluster: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  // Lines: pid, folder, start time, port, socket folder, listen address, shared memory, status (PostgreSQL's miscadmin.h).
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isProcessAlive(pid) || !isPostgres(pid, cluster)) return undefined;
  return { pid, port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' };
}

/** Removes the file if no Postgres of this cluster runs. */
export async function removeLeftover(cluster: string): Promise<void> {
  if (!readPostmaster(cluster)) await rm(join(cluster, 'postmaster.pid'), { force: true });
}

/** Whether a live process is the Postgres of this cluster; where the system doesn't tell, it is taken to be. */
function isPostgres(pid: number, cluster: string): boolean {
  const path = `/proc/${pid}/cmdline`;
  if (!existsSync('/proc/self/cmdline')) return true;
  try {
    return readFileSync(path, 'utf8').split('\0').includes(cluster);
  } catch {
    return false;
  }
}
