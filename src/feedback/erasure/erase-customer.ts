// Erases a customer: their conversations with everything said in them and about them, the examples made of that, and their questions
// in gate reports. What cannot be taken out, a trained adapter, is marked. One transaction: it is done whole or not at all.
import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { recordAudit } from '../../access/audit/record-audit.js';
import { CustomerErasureRecord, type ErasureCounts } from '../../database/entities/customer-erasure.entity.js';
import type { PromptTurn } from '../../database/entities/example.entity.js';
import { lockExamples } from '../example-rows.js';
import { forgetWords } from '../slices.js';
import { ERASURE_CHANNEL, type CustomerErasure } from './customer-erasures.js';
import { canonical, scrubReport, type Erased } from './scrub-report.js';

/** What an erasure finds before it begins. */
interface Found extends CustomerErasure {
  assistantIds: string[];
  prompts: PromptTurn[][];
  runIds: string[];
}

export const NOTHING: ErasureCounts = {
  ...{ conversations: 0, messages: 0, ratings: 0, corrections: 0, examples: 0, versions: 0 },
};

/** What of a customer's is found in the log of erasures, instead of their id. */
export const customerHash = (customerId: string) => createHash('sha256').update(customerId).digest('hex');

/**
 * Erases a customer inside the caller's transaction; undefined when there is nothing of theirs.
 * Runs that are using their examples are cancelled, for their snapshots hold what must go.
 */
export async function eraseCustomer(
  manager: EntityManager,
  customerId: string,
  actor: string,
): Promise<{ counts: ErasureCounts; erasure: CustomerErasure } | undefined> {
  const found = await find(manager, customerId);
  if (!found) return undefined;
  const { conversationIds, messageIds, exampleIds, runIds } = found;
  const versions = await markVersions(manager, exampleIds);
  await cancelRuns(manager, runIds);
  await scrubReports(manager, found);
  const counts = { ...(await countsOf(manager, messageIds)), conversations: conversationIds.length, versions };
  await remove(manager, found);
  const record = { customerHash: customerHash(customerId), actor, runIds, exampleIds };
  const { id } = await manager.save(
    manager.create(CustomerErasureRecord, { ...record, counts: { ...counts, examples: exampleIds.length } }),
  );
  await recordAudit(manager, {
    ...{ actor, action: 'customer.erase', assistantId: null },
    ...{ target: { kind: 'customer_hash', id: record.customerHash }, after: counts },
  });
  await manager.query('SELECT pg_notify($1, $2)', [ERASURE_CHANNEL, JSON.stringify({ id })]);
  return {
    counts: { ...counts, examples: exampleIds.length },
    erasure: { customerId, conversationIds, messageIds, exampleIds },
  };
}

/** Locks what is theirs (nobody rates or writes meanwhile), then the intake of their assistants, in the order intake does. */
async function find(manager: EntityManager, customerId: string): Promise<Found | undefined> {
  const conversations = await manager.query<{ id: string; assistant_id: string }[]>(
    'SELECT id, assistant_id FROM conversations WHERE customer_id = $1 ORDER BY id FOR UPDATE',
    [customerId],
  );
  if (conversations.length === 0) return undefined;
  const conversationIds = conversations.map(({ id }) => id);
  const messages = await manager.query<{ id: string }[]>(
    'SELECT id FROM messages WHERE conversation_id = ANY($1) ORDER BY id FOR UPDATE',
    [conversationIds],
  );
  const messageIds = messages.map(({ id }) => id);
  const assistantIds = [...new Set(conversations.map(({ assistant_id }) => assistant_id))].sort();
  for (const id of assistantIds) await lockExamples(manager, id);
  const examples = await manager.query<{ id: string; prompt: PromptTurn[] }[]>(
    `SELECT id, prompt FROM examples WHERE source_message_id = ANY($1)
      OR source_correction_id IN (SELECT id FROM corrections WHERE message_id = ANY($1))`,
    [messageIds],
  );
  const exampleIds = examples.map(({ id }) => id);
  const runs = await manager.query<{ id: string }[]>(
    'SELECT DISTINCT run_id AS id FROM run_examples WHERE example_id = ANY($1)',
    [exampleIds],
  );
  const prompts = examples.map(({ prompt }) => prompt);
  return {
    customerId,
    conversationIds,
    messageIds,
    assistantIds,
    exampleIds,
    prompts,
    runIds: runs.map(({ id }) => id),
  };
}

/** Marks the versions trained on the examples and all that were trained from those. @returns how many */
async function markVersions(manager: EntityManager, exampleIds: string[]): Promise<number> {
  const marked = await manager.query<[unknown[], number]>(
    `WITH RECURSIVE learnt AS (
      SELECT v.assistant_id, v.version, x.example_id
        FROM run_examples x JOIN adapter_versions v ON v.run_id = x.run_id
        WHERE x.example_id = ANY($1) AND x.split = 'train'
      UNION
      SELECT v.assistant_id, v.version, learnt.example_id
        FROM learnt JOIN adapter_versions v ON v.assistant_id = learnt.assistant_id AND v.parent_version = learnt.version
    ), counted AS (SELECT assistant_id, version, count(*)::int AS examples FROM learnt GROUP BY 1, 2)
    UPDATE adapter_versions v SET erased_examples = v.erased_examples + counted.examples
    FROM counted WHERE v.assistant_id = counted.assistant_id AND v.version = counted.version`,
    [exampleIds],
  );
  return marked[1];
}

async function cancelRuns(manager: EntityManager, runIds: string[]): Promise<void> {
  const why = 'A customer was erased whose examples it had; the next run trains without them.';
  await manager.query(
    `UPDATE training_runs SET status = 'cancelled', error = $2, finished_at = now()
    WHERE id = ANY($1) AND status NOT IN ('candidate', 'rejected', 'failed', 'cancelled')`,
    [runIds, why],
  );
}

async function scrubReports(manager: EntityManager, { exampleIds, prompts, runIds }: Found): Promise<void> {
  const erased: Erased = { ids: new Set(exampleIds), prompts: new Set(prompts.map(canonical)) };
  for (const runId of runIds) {
    for (const [table, column, key] of REPORTS) {
      const rows = await manager.query<{ report: unknown }[]>(
        `SELECT ${column} AS report FROM ${table} WHERE ${key} = $1 AND ${column} IS NOT NULL`,
        [runId],
      );
      for (const { report } of rows) {
        // Wrapped, so that a report which is itself a probe becomes null.
        const { report: scrubbed } = scrubReport({ report }, erased) as { report: unknown };
        const json = scrubbed === null ? null : JSON.stringify(scrubbed);
        await manager.query(`UPDATE ${table} SET ${column} = $2 WHERE ${key} = $1`, [runId, json]);
      }
    }
  }
}

/** Where texts of examples are quoted: table, column, column of the run's id. */
const REPORTS = [
  ['training_runs', 'gate_report', 'id'],
  ['training_runs', 'result', 'id'],
  ['adapter_versions', 'gate_report', 'run_id'],
  ['adapter_versions', 'probe', 'run_id'],
] as const;

async function countsOf(manager: EntityManager, messageIds: string[]) {
  const [row] = await manager.query<{ ratings: number; corrections: number }[]>(
    `SELECT (SELECT count(*)::int FROM ratings WHERE message_id = ANY($1)) AS ratings,
      (SELECT count(*)::int FROM corrections WHERE message_id = ANY($1)) AS corrections`,
    [messageIds],
  );
  return { messages: messageIds.length, ratings: row?.ratings ?? 0, corrections: row?.corrections ?? 0 };
}

/** Messages, ratings, corrections and examples go with the conversations. */
async function remove(
  manager: EntityManager,
  { customerId, conversationIds, messageIds, exampleIds }: Found,
): Promise<void> {
  await manager.query('UPDATE example_decisions SET content_hash = NULL WHERE example_id = ANY($1)', [exampleIds]);
  await manager.query(`DELETE FROM raters WHERE kind = 'customer' AND id = $1`, [customerId]);
  await manager.query('DELETE FROM conversations WHERE id = ANY($1)', [conversationIds]);
  await forgetWords(manager, messageIds);
}
