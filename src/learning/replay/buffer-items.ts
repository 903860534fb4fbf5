// The replay buffer's items in Postgres: single moves, each a few look-ups by key. The counters in `replay_slices` follow: inserts
// count here, deletes count by the table's trigger, which also fills the hole.
import type { EntityManager } from 'typeorm';
import { LEARNT_BOX, BOXES, type BufferState, type Place } from './reservoir.js';

export async function loadState(manager: EntityManager, assistantId: string): Promise<BufferState> {
  const rows = await manager.query<{ slice: string; seen: number; boxes: number[] }[]>(
    `SELECT slice, seen, boxes FROM replay_slices WHERE assistant_id = $1 ORDER BY slice`,
    [assistantId],
  );
  return new Map(rows.map(({ slice, seen, boxes }) => [slice, { seen, boxes: fullLength(boxes) }]));
}

const fullLength = (boxes: readonly number[]) => Array.from({ length: BOXES }, (_, box) => boxes[box] ?? 0);

/** Puts an example at the end of its box. */
export async function putItem(
  manager: EntityManager,
  assistantId: string,
  item: { slice: string; box?: number; exampleId: string; runId: string },
): Promise<void> {
  const { slice, box = LEARNT_BOX, exampleId, runId } = item;
  await manager.query(
    `WITH counted AS (
       INSERT INTO replay_slices AS s (assistant_id, slice, seen, boxes) VALUES ($1, $2, 1, $6)
       ON CONFLICT (assistant_id, slice) DO UPDATE
         SET seen = s.seen + 1, boxes[$3 + 1] = s.boxes[$3 + 1] + 1
       RETURNING boxes[$3 + 1] AS items
     )
     INSERT INTO replay_items (assistant_id, slice, box, slot, example_id, run_id)
       SELECT $1, $2, $3, items - 1, $4, $5 FROM counted`,
    [assistantId, slice, box, exampleId, runId, fullLength([]).map((_, at) => Number(at === box))],
  );
}

/** Takes the item at a place out, to make room. It was seen all the same. */
export async function evictItem(manager: EntityManager, assistantId: string, { slice, box, slot }: Place) {
  const place = [assistantId, slice, box, slot];
  await manager.query(
    `DELETE FROM replay_items WHERE assistant_id = $1 AND slice = $2 AND box = $3 AND slot = $4`,
    place,
  );
  await countSeen(manager, assistantId, slice);
}

/** Counts an example that was offered and isn't kept. */
export async function countSeen(manager: EntityManager, assistantId: string, slice: string): Promise<void> {
  await manager.query(`UPDATE replay_slices SET seen = seen + 1 WHERE assistant_id = $1 AND slice = $2`, [
    assistantId,
    slice,
  ]);
}

/** Takes examples out as if they had never been seen. */
export async function dropItems(manager: EntityManager, exampleIds: readonly string[]): Promise<void> {
  await manager.query(`DELETE FROM replay_items WHERE example_id = ANY($1)`, [exampleIds]);
}

/** One box up for an item that was answered right, down to box 0 for one that was forgotten. Items that left are let be. */
export async function moveItem(
  manager: EntityManager,
  assistantId: string,
  exampleId: string,
  isRight: boolean,
): Promise<void> {
  // TypeORM gives a DELETE's rows with their number.
  const [[item]] = await manager.query<[{ slice: string; box: number; run_id: string }[], number]>(
    `DELETE FROM replay_items WHERE assistant_id = $1 AND example_id = $2 RETURNING slice, box, run_id`,
    [assistantId, exampleId],
  );
  if (!item) return;
  const box = isRight ? Math.min(BOXES - 1, item.box + 1) : 0;
  await putItem(manager, assistantId, { slice: item.slice, box, exampleId, runId: item.run_id });
}
