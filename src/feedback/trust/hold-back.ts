// An attack is seen at its ninth rating or its third string; what slipped through before is held back then, too.
import type { EntityManager } from 'typeorm';
import { containing, type Judged } from './evidence.js';
import { BURST_SECONDS, type Evidence, type Suspicion } from './suspicion.js';

/** SQL over `examples e`: no operator has released this content. What one released is not held back again. */
export const NOT_RELEASED = `NOT EXISTS (
    SELECT 1 FROM example_decisions d
    WHERE d.assistant_id = e.assistant_id AND d.content_hash = e.content_hash AND d.decision = 'release')`;

const HOLD_BACK = `UPDATE examples e SET status = 'quarantined', quarantine_reason = $2, quarantine_detail = $3
  WHERE e.assistant_id = $1 AND e.status = 'accepted' AND e.rater_kind = 'customer' AND ${NOT_RELEASED}`;

/** Holds back the accepted examples that belong to the same attack; what an operator released stays. */
export async function holdBackTheRest(
  manager: EntityManager,
  { assistantId, rater }: Judged,
  { reason, detail }: Suspicion,
  { repetition }: Evidence,
): Promise<void> {
  const words = [assistantId, reason, detail];
  if (reason === 'burst') {
    const recent = `e.rater_id = $4 AND e.created_at > now() - interval '${BURST_SECONDS} seconds'`;
    await manager.query(`${HOLD_BACK} AND ${recent}`, [...words, rater.id]);
  }
  if (reason === 'repeated_string' && repetition) {
    const others = await containing(manager, assistantId, repetition.string);
    await manager.query(`${HOLD_BACK} AND e.id = ANY($4)`, [...words, others.map(({ id }) => id)]);
  }
}
