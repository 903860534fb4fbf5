// What a champion has learnt: the runs whose adapters are in its line of parents. What only a rejected or rolled-back version was
// trained on is not among it, and so is new again.
import type { EntityManager } from 'typeorm';

/** Its length is bounded by the number of versions. */
const LINEAGE_RUNS = `
  WITH RECURSIVE lineage AS (
    SELECT version, parent_version, run_id FROM adapter_versions WHERE assistant_id = $1 AND version = $2
    UNION ALL
    SELECT v.version, v.parent_version, v.run_id FROM adapter_versions v
      JOIN lineage l ON v.assistant_id = $1 AND v.version = l.parent_version
  )
  SELECT run_id FROM lineage WHERE run_id IS NOT NULL ORDER BY version`;

/** Runs of an assistant that made a version, but not one in the champion's line. */
const OTHER_RUNS = `SELECT id FROM training_runs WHERE assistant_id = $1 AND NOT id = ANY($2)`;

/** Ids of the runs in the line of this version, oldest first; none for the base model (0). */
export async function lineageRuns(manager: EntityManager, assistantId: string, version: number): Promise<string[]> {
  const rows = await manager.query<{ run_id: string }[]>(LINEAGE_RUNS, [assistantId, version]);
  return rows.map(({ run_id }) => run_id);
}

/** Ids of all the other runs of the assistant: what they learnt, this version hasn't. */
export async function otherRuns(manager: EntityManager, assistantId: string, version: number): Promise<string[]> {
  const lineage = await lineageRuns(manager, assistantId, version);
  const rows = await manager.query<{ id: string }[]>(OTHER_RUNS, [assistantId, lineage]);
  return rows.map(({ id }) => id);
}
