// One thing of every kind that belongs to the assistant `demo`, with ids that stay, put back before each call of the walk through all routes.
import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** What the customer of the conversation below holds. */
export const CONVERSATION_TOKEN = 'the-conversation-token';

/** The id of a thing, by the path before `:id`. */
export const THINGS: Record<string, string> = {
  '/api/v1/conversations': id(1),
  '/api/v1/messages': id(2),
  '/api/v1/reviews': id(2),
  '/api/v1/corrections': id(3),
  '/api/v1/comparisons': id(6),
  '/api/v1/examples': id(4),
  '/api/v1/memory': id(5),
};
/** Where an assistant's slug in the path decides, or where it is about none: a site key, a canary, a run, a user, a key. */
export const ANY_ID = id(99);

const A = '/api/v1/assistants/:slug';
const REASON = { reason: 'A walk through all routes.' };
/** Bodies with which writes do something; the others are sent an empty one. */
export const BODIES: Record<string, object> = {
  'POST /api/v1/messages/:id/ratings': { value: 'up' },
  'POST /api/v1/messages/:id/corrections': { text: 'Yes, it is.', useForTraining: false },
  'POST /api/v1/comparisons/:id/vote': { vote: 'both' },
  'POST /api/v1/messages/:id/personal-data': { text: 'Write to me.' },
  'PUT /api/v1/reviews/:id/draft': { text: 'Yes.' },
  'POST /api/v1/reviews/:id/submit': { value: 'down', useForTraining: false },
  'POST /api/v1/conversations/:id/messages': { text: 'Hello.' },
  'POST /api/v1/conversations/:id/notes': { text: 'Hello.' },
  'POST /api/v1/examples/:id/release': REASON,
  'POST /api/v1/examples/:id/discard': REASON,
  'PATCH /api/v1/memory/:id': { state: 'retired' },
  'PATCH /api/v1/users/:id': { name: 'Ute', ...REASON },
  'POST /api/v1/api-keys': { name: 'Reports', role: 'agent', assistants: null },
  [`POST ${A}/prompt-versions`]: { instructions: 'Answer briefly.', fewShot: [] },
  [`POST ${A}/prompt-versions/:version/activate`]: REASON,
  [`POST ${A}/site-keys`]: { name: 'Shop' },
  [`PATCH ${A}/site-keys/:id`]: { name: 'Another shop' },
  [`PUT ${A}/learning-settings`]: { maxMinutes: 30 },
  [`POST ${A}/gate-canaries`]: { question: 'Is there a fee?', mustEqual: 'No.' },
  [`PUT ${A}/gate-canaries/:id`]: { question: 'Is there a fee?', mustEqual: 'Yes.' },
};
/** What a body must say that no two may have. */
export const newUser = () => {
  const name = `U${randomUUID()}`;
  return { email: `${name}@shop.example`, name, roles: [] };
};

const DEMO = `(SELECT id FROM assistants WHERE slug = 'demo')`;
const ROWS = [
  `INSERT INTO conversations (id, assistant_id, token_hash, last_seq)
    VALUES ('${id(1)}', ${DEMO}, '${createHash('sha256').update(CONVERSATION_TOKEN).digest('hex')}', 1)`,
  `INSERT INTO messages (id, conversation_id, seq, role, text, status) VALUES ('${id(2)}', '${id(1)}', 1, 'assistant', 'No.', 'complete')`,
  `INSERT INTO corrections (id, message_id, agent_id, text, use_for_training, remembered_at)
    VALUES ('${id(3)}', '${id(2)}', 'Ada', 'Yes.', false, now())`,
  `INSERT INTO examples (id, assistant_id, kind, split, prompt, completion, content_hash, source_message_id, status, quarantine_reason)
    VALUES ('${id(4)}', ${DEMO}, 'sft', 'train', '[]', 'Yes.', 'hash', '${id(2)}', 'quarantined', 'abuse')`,
  `INSERT INTO memory_entries (id, assistant_id, correction_id, question, question_key, answer, embedding)
    VALUES ('${id(5)}', ${DEMO}, '${id(3)}', 'Q?', 'q', 'Yes.', decode(repeat('00', 1536), 'hex'))`,
  `INSERT INTO comparisons (id, assistant_id, message_id, a_version, b_version, a_text, b_text, made_for)
    VALUES ('${id(6)}', ${DEMO}, '${id(2)}', 1, 0, 'No.', 'Yes.', 'Ada')`,
  `INSERT INTO review_items (message_id, assistant_id, causes, score) VALUES ('${id(2)}', ${DEMO}, '{rated_down}', 4)`,
  `INSERT INTO site_keys (id, assistant_id, key, name) VALUES ('${ANY_ID}', ${DEMO}, 'pk_walk', 'Walk')`,
  `INSERT INTO gate_canaries (id, assistant_id, question, must_equal) VALUES ('${ANY_ID}', ${DEMO}, 'Q?', 'A.')`,
  `INSERT INTO training_runs (id, assistant_id, status, trigger) VALUES ('${ANY_ID}', ${DEMO}, 'queued', 'request')`,
  `INSERT INTO users (id, email, name) VALUES ('${ANY_ID}', 'walk@shop.example', 'Walk')`,
  `INSERT INTO api_keys (id, name, hash, start, role, created_by)
    VALUES ('${ANY_ID}', 'Walk', 'no hash', 'rk_', 'agent', 'Ada')`,
];
const AGAIN = [
  `UPDATE examples SET status = 'quarantined', quarantine_reason = 'abuse'`,
  `UPDATE training_runs SET status = 'queued', paused_at = NULL, finished_at = NULL WHERE id = '${ANY_ID}'`,
  'UPDATE api_keys SET revoked_at = NULL',
  `UPDATE assistants SET active_prompt_version = (SELECT max(version) FROM prompt_versions p WHERE p.assistant_id = assistants.id)
    WHERE slug = 'demo'`,
];

/** As a call finds it: undecided and the administrator's, unless it is to be taken first or a decision to be taken back. */
function reviewItem(route: string): string {
  const decided = route.endsWith('/undo')
    ? `'discarded', decided_by = 'Ada', decided_at = now()`
    : `'pending', decided_by = NULL, decided_at = NULL`;
  const held =
    route === 'POST /api/v1/reviews/:id/lease'
      ? 'NULL, lease_until = NULL'
      : `'Ada', lease_until = now() + interval '1 minute'`;
  return `UPDATE review_items SET state = ${decided}, lease_holder = ${held}, correction_id = NULL, rated = false`;
}

/** Puts back what calls have changed or deleted; the conversation is the administrator's, unless the route is to take it over. */
export async function putBack(database: pg.Client, route: string): Promise<void> {
  const whose = /\/(take-over|reopen)$/.test(route) ? `'bot', agent_name = NULL` : `'agent', agent_name = 'Ada'`;
  const closed = route.endsWith('/reopen') ? 'now()' : 'NULL';
  const conversation = `UPDATE conversations SET handover = ${whose}, closed_at = ${closed} WHERE id = '${id(1)}'`;
  await database.query(
    [...ROWS.map((row) => `${row} ON CONFLICT DO NOTHING`), ...AGAIN, conversation, reviewItem(route)].join(';\n'),
  );
}
