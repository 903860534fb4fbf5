// Writes down what became known of a rollout's conversations since the last look. Each number is written once and stands: a thumb
// changed later can't change evidence that was acted on.
import type { EntityManager } from 'typeorm';
import { RolloutConversation } from '../../database/entities/rollout-conversation.entity.js';
import type { Seen } from './evidence.js';
import { CONVERSATIONS_MAX } from './thresholds.js';

// The first answer only: one observation a conversation, so that they are independent. An answer that a restart cut counts for
// nothing, one that the customer stopped didn't fail. What the memory answered is no version's.
const ANSWERED = `
  UPDATE rollout_conversations c SET
    failed = m.status = 'failed' OR (m.status = 'complete' AND m.empty),
    latency_ms = CASE WHEN m.status = 'complete' THEN m.latency_ms END,
    answered_at = now()
  FROM (
    SELECT d.id, f.* FROM rollout_conversations d CROSS JOIN LATERAL (
      SELECT status, btrim(text) = '' AS empty, latency_ms FROM messages
      WHERE conversation_id = d.conversation_id AND role = 'assistant' AND status <> 'interrupted'
        AND (adapter_version IS NOT NULL OR status = 'writing') AND finish_reason IS DISTINCT FROM 'memory'
      ORDER BY seq LIMIT 1
    ) f WHERE d.rollout_id = $1 AND d.answered_at IS NULL AND f.status <> 'writing'
  ) m WHERE c.id = m.id`;

// Customers' thumbs only: an agent who looks for the canary's mistakes would be evidence of nothing but looking.
const SCORED = `
  UPDATE rollout_conversations c SET score = s.score, scored_at = now()
  FROM (
    SELECT d.id, avg(CASE t.value WHEN 'up' THEN 1 ELSE 0 END) AS score
    FROM rollout_conversations d
      JOIN messages m ON m.conversation_id = d.conversation_id AND m.role = 'assistant'
        AND m.finish_reason IS DISTINCT FROM 'memory'
      JOIN ratings t ON t.message_id = m.id AND t.rater_kind = 'customer'
    WHERE d.rollout_id = $1 AND d.score IS NULL
    GROUP BY d.id HAVING max(t.updated_at) <= now() - make_interval(secs => $2)
  ) s WHERE c.id = s.id`;

/**
 * @param quietSeconds how long a conversation's thumbs must have stood still before they count
 * @returns whether anything new became known
 */
export async function observe(manager: EntityManager, rolloutId: string, quietSeconds: number): Promise<boolean> {
  const [, answered] = await manager.query<[unknown, number]>(ANSWERED, [rolloutId]);
  const [, scored] = await manager.query<[unknown, number]>(SCORED, [rolloutId, quietSeconds]);
  return answered + scored > 0;
}

/** Everything known of a rollout's conversations, oldest first, as far as a rollout goes. */
export function seenOf(manager: EntityManager, rolloutId: string): Promise<Seen[]> {
  return manager.find(RolloutConversation, { where: { rolloutId }, order: { id: 'ASC' }, take: CONVERSATIONS_MAX });
}
