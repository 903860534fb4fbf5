// Notes what a run is given, for the lineage of its version.
import type { EntityManager } from 'typeorm';
import { RunExample } from '../../database/entities/run-example.entity.js';
import type { SnapshotItem } from './snapshot.js';

type Given = Pick<SnapshotItem, 'id' | 'split' | 'group'>;

/**
 * Writes down a run's examples; one that prepares again starts anew. Call it in a transaction.
 * @returns the items, without the examples that went since they were chosen: their customer was erased
 */
export async function giveExamples<Item extends Given>(
  manager: EntityManager,
  runId: string,
  items: readonly Item[],
): Promise<Item[]> {
  const given = items.filter(({ group }) => group !== 'general');
  const columns = [given.map(({ id }) => id), given.map(({ split }) => split), given.map(({ group }) => group)];
  await manager.delete(RunExample, { runId });
  const known = await manager.query<{ id: string }[]>(
    `INSERT INTO run_examples (run_id, example_id, split, "group")
    SELECT $1, e.id, given.split, given."group"
    FROM unnest($2::uuid[], $3::text[], $4::text[]) AS given (id, split, "group") JOIN examples e ON e.id = given.id
    ON CONFLICT DO NOTHING RETURNING example_id AS id`,
    [runId, ...columns],
  );
  const ids = new Set(known.map(({ id }) => id));
  return items.filter(({ id, group }) => group === 'general' || ids.has(id));
}
