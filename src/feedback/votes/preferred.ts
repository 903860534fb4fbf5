// What the newest vote about an answer's question says: one answer is better than another.
import type { EntityManager } from 'typeorm';
import { Comparison } from '../../database/entities/comparison.entity.js';
import { cleanCompletion } from '../redaction/clean-completion.js';
import type { PersonalDataKind, RedactionOptions } from '../redaction/redact.js';

/** An agent's word that an answer is better than another one to the same question. */
export interface Preferred {
  /** Not empty. */
  chosen: string;
  rejected: string;
  agentId: string;
}

/** Undefined where nobody voted, preferred neither, or doesn't want it learnt. `leaked`: personal data that the better one holds. */
export async function preferredOf(
  manager: EntityManager,
  messageId: string,
  redaction: RedactionOptions,
): Promise<(Preferred & { leaked: PersonalDataKind[] }) | undefined> {
  const newest = await manager
    .createQueryBuilder(Comparison, 'comparison')
    .where(`comparison.message_id = :messageId AND comparison.vote <> 'same'`, { messageId })
    .orderBy('comparison.voted_at', 'DESC')
    .getOne();
  if (!newest?.useForTraining || newest.votedBy === null) return undefined;
  const { vote, aText, bText, votedBy: agentId } = newest;
  if (vote !== 'a' && vote !== 'b') return undefined;
  const [better, worse] = vote === 'a' ? [aText, bText] : [bText, aText];
  const { text: chosen, leaked } = cleanCompletion(better, redaction);
  const rejected = cleanCompletion(worse, redaction).text;
  return chosen.trim() === '' || chosen === rejected ? undefined : { chosen, rejected, agentId, leaked };
}
