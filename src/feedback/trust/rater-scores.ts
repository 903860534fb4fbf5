// How far raters are trusted, in the database: counted anew from the ratings each time, so that a thumb that changes its mind
// can't be counted twice.
import type { EntityManager } from 'typeorm';
import { RaterScore } from '../../database/entities/rater-score.entity.js';
import { collapsedSql } from '../../database/question-sql.js';
import type { Agreement } from './weight.js';

/** The newest ratings of a customer that are looked at. */
const RATINGS_MAX = 500;
const SAME = (a: string, b: string) => `${collapsedSql(a)} = ${collapsedSql(b)}`;

/** What agents say about an answer: the newest correction (one that repeats the answer likes it), else the newest thumb. */
const AGENTS_SAY = `coalesce(
  (SELECT CASE WHEN ${SAME('k.text', 'm.text')} THEN 'up' ELSE 'down' END
    FROM corrections k WHERE k.message_id = m.id ORDER BY k.created_at DESC LIMIT 1),
  (SELECT a.value FROM ratings a WHERE a.message_id = m.id AND a.rater_kind = 'agent' ORDER BY a.updated_at DESC LIMIT 1))`;

const RECOUNT = `
  INSERT INTO raters (kind, id, agreements, disagreements, updated_at)
  SELECT 'customer', $1, count(*) FILTER (WHERE said = agents), count(*) FILTER (WHERE said <> agents), now()
  FROM (
    SELECT r.value AS said, ${AGENTS_SAY} AS agents
    FROM conversations c JOIN messages m ON m.conversation_id = c.id JOIN ratings r ON r.message_id = m.id
    WHERE c.customer_id = $1 AND r.rater_kind = 'customer'
    ORDER BY r.updated_at DESC LIMIT ${RATINGS_MAX}
  ) judged
  WHERE agents IS NOT NULL HAVING count(*) > 0 OR EXISTS (SELECT 1 FROM raters WHERE kind = 'customer' AND id = $1)
  ON CONFLICT (kind, id) DO UPDATE SET agreements = excluded.agreements, disagreements = excluded.disagreements, updated_at = now()`;

/** Counts a customer's agreements with agents anew; call it after their or an agent's word about one of their answers. */
export async function scoreCustomer(manager: EntityManager, customerId: string): Promise<void> {
  await manager.query(RECOUNT, [customerId]);
}

/** A customer's agreements with agents; zeros for somebody unknown. */
export async function agreementOf(manager: EntityManager, customerId: string): Promise<Agreement> {
  const score = await manager.findOneBy(RaterScore, { kind: 'customer', id: customerId });
  return { agreements: score?.agreements ?? 0, disagreements: score?.disagreements ?? 0 };
}
