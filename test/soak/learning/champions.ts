// What the week is judged by: the champion's held-out score after every change, and whether the audit explains every change.
import { z } from 'zod';
import { auditSchema } from '../../../src/operations/audit.schema.js';
import { askAll, shareRight } from '../../demo/ask-all.js';
import type { Tally } from '../../demo/customer.js';
import { restClient } from '../../support/rest.js';
import type { Access } from '../../demo/operator.js';
import type { Intent } from './questions.js';

export type AuditRow = z.infer<typeof auditSchema>['deployments'][number];

/** Share of all intents' held-out questions that the champion answers right, 0 … 1. Same champion, same greedy answers. */
export async function heldOutScore(url: string, tally: Tally, intents: readonly Intent[]): Promise<number> {
  return shareRight(
    await askAll(
      url,
      tally,
      intents.flatMap(({ heldOut }) => heldOut),
    ),
  );
}

/** Every change of the champion, oldest first. */
export async function auditOf({ url, operatorToken }: Access): Promise<AuditRow[]> {
  const path = '/api/v1/audit?assistant=demo&limit=500';
  const { body } = await restClient(url).get(path, { token: operatorToken });
  return auditSchema.parse(body).deployments.reverse();
}

/** Moves of the champion pointer; a canary's steps don't move it. */
const moves = (rows: readonly AuditRow[]) => rows.filter(({ action }) => action === 'promote' || action === 'rollback');

/**
 * What the audit leaves unexplained, a sentence each: a change without actor or reason, one without its gate's evidence, a chain with
 * a hole, or a champion at its end that isn't the one that answers.
 */
export function unexplained(rows: readonly AuditRow[], champion: number): string[] {
  const problems: string[] = [];
  let version = 0;
  for (const { id, action, fromVersion, toVersion, actor, reason, evidence } of moves(rows)) {
    if (!actor || !reason) problems.push(`Audit row ${id} has no actor or no reason.`);
    if (action === 'promote' && !evidence) problems.push(`Promotion ${id} to version ${toVersion} shows no evidence.`);
    if (fromVersion !== version) problems.push(`Audit row ${id} begins at version ${fromVersion}, not at ${version}.`);
    version = toVersion;
  }
  if (version !== champion) problems.push(`The audit ends at version ${version}, but ${champion} answers.`);
  return problems;
}
