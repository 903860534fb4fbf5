// What is known about a piece of feedback before it is learnt from: who says it, how often, how fast, and who says otherwise.
import type { EntityManager } from 'typeorm';
import type { Example } from '../../database/entities/example.entity.js';
import type { RaterKind } from '../../database/entities/rating.entity.js';
import type { PersonalDataKind } from '../redaction/personal-data.js';
import { contradictedBy } from './claims.js';
import { oddStrings } from './odd-strings.js';
import { agreementOf } from './rater-scores.js';
import { BURST_SECONDS, type Evidence, type Repetition } from './suspicion.js';

/** Examples that an odd string is looked up in, the newest that contain it. */
const CONTAINING_MAX = 500;

/** What is judged: an example that is about to be added. */
export type Judged = Pick<Example, 'assistantId' | 'kind' | 'questionHash' | 'answerHash' | 'prompt'> & {
  rater: { kind: RaterKind; id: string };
  customerId: string;
  leaked: readonly PersonalDataKind[];
};

/** Everything `suspicionOf` asks for. An agent's word is not doubted, so for agents only the cheap part is looked up. */
export async function gatherEvidence(manager: EntityManager, judged: Judged): Promise<Evidence> {
  const { assistantId, rater, leaked } = judged;
  const usedToday = await weightToday(manager, assistantId, rater);
  const known = { raterKind: rater.kind, leaked, usedToday, supporters: 1 };
  if (rater.kind === 'agent') return { ...known, ...UNDOUBTED };
  return {
    ...known,
    agreement: await agreementOf(manager, rater.id),
    recentRatings: await recentRatings(manager, rater.id),
    repetition: await repetitionIn(manager, judged),
    contradicted: await contradictedBy(manager, assistantId, judged),
  };
}

const UNDOUBTED = {
  agreement: { agreements: 0, disagreements: 0 },
  recentRatings: 0,
  repetition: undefined,
  contradicted: { agents: 0, customers: 0 },
};

async function weightToday(manager: EntityManager, assistantId: string, rater: Judged['rater']): Promise<number> {
  const [row] = await manager.query<{ sum: number }[]>(
    `SELECT coalesce(sum(weight), 0)::float AS sum FROM examples
    WHERE assistant_id = $1 AND rater_id = $2 AND rater_kind = $3 AND created_at >= date_trunc('day', now())`,
    [assistantId, rater.id, rater.kind],
  );
  return row?.sum ?? 0;
}

async function recentRatings(manager: EntityManager, customerId: string): Promise<number> {
  const [row] = await manager.query<{ count: number }[]>(
    `SELECT count(*)::int AS count
    FROM conversations c JOIN messages m ON m.conversation_id = c.id JOIN ratings r ON r.message_id = m.id
    WHERE c.customer_id = $1 AND r.rater_kind = 'customer' AND r.updated_at > now() - interval '${BURST_SECONDS} seconds'`,
    [customerId],
  );
  return row?.count ?? 0;
}

/** The odd string of the question that most other questions have, too; undefined without odd strings. */
async function repetitionIn(manager: EntityManager, judged: Judged): Promise<Repetition | undefined> {
  const { assistantId, questionHash, customerId, prompt } = judged;
  let most: Repetition | undefined;
  for (const string of oddStrings(prompt.at(-1)?.content ?? '')) {
    const others = await containing(manager, assistantId, string);
    const questions = new Set([questionHash, ...others.map(({ question }) => question)]).size;
    const customers = new Set([customerId, ...others.map(({ customer }) => customer)]).size;
    if (!most || questions > most.questions) most = { string, questions, customers };
  }
  return most;
}

interface Containing {
  id: string;
  text: string;
  question: string | null;
  customer: string;
}

/** Examples whose question has the odd string, as a word of its own. */
export async function containing(manager: EntityManager, assistantId: string, string: string): Promise<Containing[]> {
  const rows = await manager.query<Containing[]>(
    `SELECT e.id, e.prompt -> -1 ->> 'content' AS text, e.question_hash AS question, c.customer_id AS customer
    FROM examples e JOIN messages m ON m.id = e.source_message_id JOIN conversations c ON c.id = m.conversation_id
    WHERE e.assistant_id = $1 AND position($2 IN lower(e.prompt -> -1 ->> 'content')) > 0
    ORDER BY e.created_at DESC LIMIT ${CONTAINING_MAX}`,
    [assistantId, string],
  );
  return rows.filter(({ text }) => oddStrings(text).includes(string));
}
