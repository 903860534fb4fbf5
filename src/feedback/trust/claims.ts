// What an example claims: that an answer to a question is right, or that it is wrong. Two are compared by hashes that case, spacing
// and punctuation don't change, so near duplicates merge and contradictions are found.
import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Example } from '../../database/entities/example.entity.js';

/** What is compared. */
export type Claim = Pick<Example, 'kind' | 'questionHash' | 'answerHash'>;

/** SHA-256, hexadecimal, of one text or several, without case, punctuation and spacing. Symbols with a meaning, such as % and €, count. */
export function claimHash(...texts: string[]): string {
  return createHash('sha256')
    .update(JSON.stringify(texts.map(normalised)))
    .digest('hex');
}

function normalised(text: string): string {
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/\p{Dash}/gu, '-');
  // A point or comma inside a number is part of it.
  return words
    .replaceAll(/[.,](?!\d)|[!?;:"'“”„’‘«»()…]|(?<!\d)[.,]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** SQL over `examples e`; $2 is the question's hash, $3 the answer's. */
const SAYS_RIGHT = `e.kind <> 'binary'`;
const CALLED_WRONG = `e.kind = 'binary' AND NOT e.desirable AND e.answer_hash = $3`;
const CONTRADICTS_WRONG = `${SAYS_RIGHT} AND e.answer_hash = $3`;
/** A customer who likes an answer doesn't contradict one who liked another wording, only an agent who wrote what it must be. */
const CONTRADICTS_RIGHT = `(${CALLED_WRONG}) OR (${SAYS_RIGHT} AND e.source_correction_id IS NOT NULL AND e.answer_hash <> $3)`;
/** What an agent writes outranks every other answer that customers liked. */
const OVERRULED_BY_AGENT = `(${CALLED_WRONG}) OR (${SAYS_RIGHT} AND e.answer_hash <> $3)`;

const isNegative = ({ kind }: Claim) => kind === 'binary';

/** How many accepted examples of the same question say otherwise. */
export async function contradictedBy(manager: EntityManager, assistantId: string, claim: Claim) {
  const [row] = await manager.query<{ agents: number; customers: number }[]>(
    `SELECT count(*) FILTER (WHERE e.rater_kind = 'agent')::int AS agents,
      count(*) FILTER (WHERE e.rater_kind = 'customer')::int AS customers
    FROM examples e WHERE e.assistant_id = $1 AND e.question_hash = $2 AND e.status = 'accepted'
      AND (${isNegative(claim) ? CONTRADICTS_WRONG : CONTRADICTS_RIGHT})`,
    [assistantId, claim.questionHash, claim.answerHash],
  );
  return row ?? { agents: 0, customers: 0 };
}

/** Holds back the customers' examples that an accepted claim contradicts: by an agent, or by enough customers. */
export async function overrule(
  manager: EntityManager,
  assistantId: string,
  claim: Claim & Pick<Example, 'raterKind'>,
): Promise<void> {
  const isAgent = claim.raterKind === 'agent';
  const right = isAgent ? OVERRULED_BY_AGENT : CALLED_WRONG;
  await manager.query(
    `UPDATE examples e SET status = 'quarantined', quarantine_reason = $4, quarantine_detail = $5
    WHERE e.assistant_id = $1 AND e.question_hash = $2 AND e.status = 'accepted' AND e.rater_kind = 'customer'
      AND (${isNegative(claim) ? CONTRADICTS_WRONG : right})`,
    [
      ...[assistantId, claim.questionHash, claim.answerHash],
      ...(isAgent
        ? ['contradicts_correction', 'An agent has since judged this answer to this question otherwise.']
        : ['outvoted', 'Customers who are independent of each other have since said otherwise.']),
    ],
  );
}
