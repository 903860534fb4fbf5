// How a node is, as it says of itself with each report: what people look at when answers are slow.
import { statfs } from 'node:fs/promises';
import type { Runtime } from '../../config/runtime.js';
import type { NodeHealth } from '../../database/entities/service-node.entity.js';
import type { Engine } from '../../inference/engine.js';

/** Never throws: a disk that can't be asked has no size. */
export async function nodeHealth(
  engine: Engine,
  { dataDir, machine }: Pick<Runtime, 'dataDir' | 'machine'>,
): Promise<NodeHealth> {
  const { engine: name, threads, slots, busySlots, queued, loaded } = engine.state();
  const disk = await statfs(dataDir).catch(() => ({ blocks: 0, bavail: 0, bsize: 0 }));
  return {
    ...{ engine: name, threads, slots, busySlots, queued, loadedVersions: loaded.length },
    residentBytes: process.memoryUsage.rss(),
    ...{ diskBytes: disk.blocks * disk.bsize, diskFreeBytes: disk.bavail * disk.bsize },
    chatKernels: machine?.chatKernels ?? null,
    trainingBackend: machine?.trainingBackend ?? null,
  };
}
