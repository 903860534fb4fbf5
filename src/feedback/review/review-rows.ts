// What happens to an answer's review item when the answer is corrected, or a correction taken back, wherever that is done.
import type { EntityManager } from 'typeorm';

const NO_LEASE = 'lease_holder = NULL, lease_until = NULL';

/** A corrected answer has been looked at. */
export async function closeReview(
  manager: EntityManager,
  { messageId, agentId, correctionId }: { messageId: string; agentId: string; correctionId: string },
): Promise<void> {
  await manager.query(
    `UPDATE review_items SET state = 'submitted', decided_by = $2, decided_at = now(), correction_id = $3, ${NO_LEASE}
    WHERE message_id = $1 AND state IN ('pending', 'draft')`,
    [messageId, agentId, correctionId],
  );
}

/** One whose correction was taken back is open again. */
export async function reopenReview(manager: EntityManager, correctionId: string): Promise<void> {
  await manager.query(
    `UPDATE review_items SET state = CASE WHEN draft IS NULL THEN 'pending' ELSE 'draft' END,
      decided_by = NULL, decided_at = NULL, correction_id = NULL
    WHERE correction_id = $1`,
    [correctionId],
  );
}
