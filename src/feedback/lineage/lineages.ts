// From an adapter version back to where it comes from: its parents, their runs, each example, and the answers, ratings, corrections
// and conversations that made it.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { FeedbackError } from '../feedback-error.js';
import type { Lineage, lineageExampleSchema, lineageSourceSchema } from './lineage.schema.js';

type Source = z.infer<typeof lineageSourceSchema>;
type LineageExample = z.infer<typeof lineageExampleSchema>;

const SOURCES_MAX = 20;
/** Parents are followed as far as there are; every version has a lower number than its children, so it ends. */
const CHAIN = `chain AS (
  SELECT version, parent_version, run_id, erased_examples, created_at
    FROM adapter_versions WHERE assistant_id = $1 AND version = $2
  UNION ALL
  SELECT v.version, v.parent_version, v.run_id, v.erased_examples, v.created_at
    FROM adapter_versions v JOIN chain ON v.assistant_id = $1 AND v.version = chain.parent_version
)`;

const VERSIONS = `WITH RECURSIVE ${CHAIN}
  SELECT version, parent_version AS "parentVersion", run_id AS "runId", erased_examples AS "erasedExamples",
    created_at AS "createdAt", (SELECT count(*)::int FROM run_examples x WHERE x.run_id = chain.run_id) AS examples
  FROM chain ORDER BY version DESC`;

const EXAMPLES = `WITH RECURSIVE ${CHAIN}
  SELECT chain.version, x.run_id AS "runId", x.split, x."group", e.id, e.kind, e.slice, e.status, e.weight,
    e.prompt -> -1 ->> 'content' AS question, e.completion, e.rater_kind AS "raterKind", e.rater_id AS "raterId"
  FROM chain JOIN run_examples x ON x.run_id = chain.run_id JOIN examples e ON e.id = x.example_id
  WHERE $3::int IS NULL OR (chain.version, e.id) < ($3::int, $4::uuid)
  ORDER BY chain.version DESC, e.id DESC LIMIT $5`;

/** An example's own message, and those that were merged into it. */
const SOURCES = `
  SELECT s.example_id AS "exampleId", m.id AS "messageId", m.conversation_id AS "conversationId",
    c.customer_id AS "customerId", m.adapter_version AS "adapterVersion", m.prompt_version AS "promptVersion",
    (SELECT coalesce(jsonb_agg(jsonb_build_object('raterKind', r.rater_kind, 'raterId', r.rater_id, 'value', r.value,
        'reasons', r.reasons, 'createdAt', r.created_at) ORDER BY r.created_at), '[]')
      FROM ratings r WHERE r.message_id = m.id) AS ratings,
    (SELECT jsonb_build_object('id', k.id, 'agent', k.agent_id, 'createdAt', k.created_at)
      FROM corrections k WHERE k.message_id = m.id ORDER BY k.created_at DESC LIMIT 1) AS correction
  FROM unnest($1::uuid[]) AS wanted (id)
  CROSS JOIN LATERAL (
    SELECT wanted.id AS example_id, said.message_id FROM (
      SELECT source_message_id AS message_id, 0 AS rank FROM examples WHERE id = wanted.id
      UNION ALL SELECT message_id, 1 FROM example_sources WHERE example_id = wanted.id
    ) said GROUP BY said.message_id ORDER BY min(said.rank), said.message_id LIMIT ${SOURCES_MAX}
  ) s
  JOIN messages m ON m.id = s.message_id JOIN conversations c ON c.id = m.conversation_id`;

@Injectable()
export class Lineages {
  constructor(private readonly database: DataSource) {}

  /**
   * A version's lineage, a page of its examples at a time.
   * @param page `after`: `next` of the page before
   * @throws FeedbackError `feedback.version_unknown`
   */
  async of(assistantId: string, version: number, page: { after?: string; limit: number }): Promise<Lineage> {
    const chain = await this.database.query<(Lineage['versions'][number] & { createdAt: Date | string })[]>(VERSIONS, [
      assistantId,
      version,
    ]);
    if (chain.length === 0) {
      throw new FeedbackError('feedback.version_unknown', `There is no adapter version ${version}.`, 'notFound');
    }
    const [afterVersion = null, afterId = null] = page.after?.split(':') ?? [];
    const parameters = [assistantId, version, afterVersion, afterId, page.limit];
    const rows = await this.database.query<Omit<LineageExample, 'sources'>[]>(EXAMPLES, parameters);
    const sources = await this.sourcesOf([...new Set(rows.map(({ id }) => id))]);
    const last = rows.length === page.limit ? rows.at(-1) : undefined;
    return {
      versions: chain.map((row) => ({ ...row, createdAt: new Date(row.createdAt).toISOString() })),
      examples: rows.map((row) => ({ ...row, sources: sources.get(row.id) ?? [] })),
      next: last ? `${last.version}:${last.id}` : null,
    };
  }

  private async sourcesOf(exampleIds: string[]): Promise<Map<string, Source[]>> {
    const rows = await this.database.query<(Source & { exampleId: string })[]>(SOURCES, [exampleIds]);
    const sources = new Map<string, Source[]>();
    for (const { exampleId, ...source } of rows) sources.set(exampleId, [...(sources.get(exampleId) ?? []), source]);
    return sources;
  }
}
