// How much memory this process may still take: what the machine has free, or what its container still grants if that is less.
import { existsSync, readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';

/** Version 2 of control groups, then version 1: what is used, and the file cache in it, which gives way by itself. */
const CONTROL_GROUPS = [
  { used: '/sys/fs/cgroup/memory.current', stat: '/sys/fs/cgroup/memory.stat', cache: 'inactive_file' },
  {
    used: '/sys/fs/cgroup/memory/memory.usage_in_bytes',
    stat: '/sys/fs/cgroup/memory/memory.stat',
    cache: 'total_inactive_file',
  },
];

/** Bytes. `limit` is the container's, 0 for none, and `free` the machine's; injected for tests. */
export function availableMemory(limit = process.constrainedMemory(), free = freemem()): number {
  if (!(limit > 0 && limit < totalmem())) return free;
  return Math.max(0, Math.min(free, limit - usedInContainer()));
}

function usedInContainer(): number {
  const group = CONTROL_GROUPS.find(({ used }) => existsSync(used));
  if (!group) return process.memoryUsage.rss();
  const used = Number(readFileSync(group.used, 'utf8'));
  const cache = new RegExp(`^${group.cache} (\\d+)$`, 'm').exec(readFileSync(group.stat, 'utf8'))?.[1];
  return used - Number(cache ?? 0);
}
