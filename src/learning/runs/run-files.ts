// Where a run keeps its files; every process that touches them asks here.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Absolute paths below `<dataDir>/runs/<id>/`. */
export interface RunFiles {
  snapshot: string;
  checkpointDir: string;
  /** What a sweep of learning rates found. */
  sweep: string;
  /** The trained GGUF LoRA. */
  adapter: string;
  learnerLog: string;
  answersLog: string;
}

export function runFiles(dataDir: string, runId: string): RunFiles {
  const dir = join(dataDir, 'runs', runId);
  return {
    snapshot: join(dir, 'snapshot.jsonl'),
    checkpointDir: join(dir, 'checkpoint'),
    sweep: join(dir, 'sweep.json'),
    adapter: join(dir, 'adapter.gguf'),
    learnerLog: join(dir, 'learner.log'),
    answersLog: join(dir, 'answers.log'),
  };
}

/** Removes checkpoint and adapter: the registered version has its own copy. Never fails; disk space is no reason to fail a run. */
export async function removeWorkFiles(dataDir: string, runId: string): Promise<void> {
  const { checkpointDir, adapter } = runFiles(dataDir, runId);
  for (const path of [checkpointDir, adapter]) {
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
