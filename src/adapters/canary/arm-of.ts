// The arm of a conversation, drawn at its first answer under a rollout and kept from then on; in one place for all nodes, the database.
import type { EntityManager } from 'typeorm';
import type { Arm } from '../../database/entities/rollout-conversation.entity.js';
import { lotOf } from './draw.js';

const KEPT = `
  SELECT c.arm FROM rollout_conversations c JOIN rollouts r ON r.id = c.rollout_id
  WHERE c.rollout_id = $1 AND c.conversation_id = $2 AND r.state IN ('running', 'waiting', 'paused')`;

// A conversation that was answered before has its version: it isn't drawn, and counts for nothing.
const DRAWN = `
  INSERT INTO rollout_conversations (rollout_id, conversation_id, arm, share)
  SELECT id, $2, CASE WHEN $3::float8 < share THEN 'canary' ELSE 'control' END, share FROM rollouts
  WHERE id = $1 AND state IN ('running', 'waiting') AND NOT EXISTS
    (SELECT 1 FROM messages WHERE conversation_id = $2 AND seq < $4 AND adapter_version IS NOT NULL)
  ON CONFLICT DO NOTHING RETURNING arm`;

/** The arm; undefined for a conversation outside the rollout, or when that has ended. */
export async function armOf(
  manager: EntityManager,
  rolloutId: string,
  { conversationId, seq }: { conversationId: string; seq: number },
): Promise<Arm | undefined> {
  const first = async (query: string, ...more: unknown[]) =>
    (await manager.query<{ arm: Arm }[]>(query, [rolloutId, conversationId, ...more]))[0]?.arm;
  const lot = lotOf(rolloutId, conversationId);
  // The last look is for two answers drawn at once.
  return (await first(KEPT)) ?? (await first(DRAWN, lot, seq)) ?? (await first(KEPT));
}
