// How much memory a process holds, and whether that grows.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from './statistics.js';

export interface MemorySample {
  /** Since the beginning. */
  seconds: number;
  megabytes: number;
}

/** Resident set of a process, in MB (10⁶ bytes). */
export function residentMb(pid: number): number {
  const kibibytes =
    process.platform === 'linux' ? ofProc(pid) : Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]));
  return (kibibytes * 1024) / 1e6;
}

function ofProc(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1]);
}

/** Takes a sample every so often until the signal; the samples are added to the list. */
export async function watchMemory(
  pid: number,
  samples: MemorySample[],
  { everyMs, signal }: { everyMs: number; signal: AbortSignal },
): Promise<void> {
  const begunMs = performance.now();
  while (!signal.aborted) {
    samples.push({ seconds: (performance.now() - begunMs) / 1000, megabytes: residentMb(pid) });
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Eighths of the window whose medians are compared: a minute each of eight minutes. */
const EDGE_SHARE = 1 / 8;

/** Growth over the last `windowSeconds`, as a share: the median of its last eighth over that of its first, minus 1. NaN without samples there. */
export function growthOver(samples: readonly MemorySample[], windowSeconds: number): number {
  const end = samples.at(-1)?.seconds ?? 0;
  const edge = windowSeconds * EDGE_SHARE;
  const between = (from: number, to: number) =>
    median(samples.filter(({ seconds }) => seconds >= from && seconds <= to).map(({ megabytes }) => megabytes));
  const begin = end - windowSeconds;
  return between(end - edge, end) / between(begin, begin + edge) - 1;
}
