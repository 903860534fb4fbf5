// Everything that explains one adapter version: where it comes from, what it was given, how it was trained and judged, what it cost,
// and how it did since.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AdapterVersion } from '../../database/entities/adapter-version.entity.js';
import { Deployment } from '../../database/entities/deployment.entity.js';
import { TrainingRun } from '../../database/entities/training-run.entity.js';
import { AdapterVersions } from '../adapter-versions.js';

const DEPLOYMENTS_MAX = 100;
/** Thumbs are counted over conversations that began so recently. */
export const USAGE_DAYS = 30;

/** A version in a line of descent, with how many held-out questions it answered rightly when it was judged. */
export interface Ancestor {
  version: number;
  parentVersion: number;
  status: AdapterVersion['status'];
  runId: string | null;
  createdAt: Date;
  heldOut: { items: number; right: number } | null;
}

/** Examples that its run was given and that are still there. */
export interface GivenExamples {
  kind: string;
  slice: string;
  split: string;
  group: string;
  examples: number;
}

export interface VersionUsage {
  answers: number;
  conversations: number;
  up: number;
  down: number;
  corrected: number;
}

export interface VersionDetails {
  version: AdapterVersion;
  lineage: Ancestor[];
  children: number[];
  run: TrainingRun | null;
  examples: GivenExamples[];
  deployments: Deployment[];
  usage: VersionUsage;
}

// Every version has a lower number than its children, so the walk ends.
const LINEAGE = `
  WITH RECURSIVE chain AS (
    SELECT * FROM adapter_versions WHERE assistant_id = $1 AND version = $2
    UNION ALL
    SELECT v.* FROM adapter_versions v JOIN chain ON v.assistant_id = $1 AND v.version = chain.parent_version
  )
  SELECT version, parent_version AS "parentVersion", status, run_id AS "runId", created_at AS "createdAt",
    (SELECT jsonb_build_object('items', sum((part ->> 'items')::int), 'right', sum((part ->> 'candidateRight')::int))
      FROM (VALUES (gate_report -> 'target'), (gate_report -> 'earlier')) AS parts (part)
      HAVING sum((part ->> 'items')::int) > 0) AS "heldOut"
  FROM chain ORDER BY version DESC`;

const EXAMPLES = `
  SELECT e.kind, e.slice, x.split, x."group", count(*)::int AS examples
  FROM run_examples x JOIN examples e ON e.id = x.example_id WHERE x.run_id = $1
  GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3, 4`;

// Answers first, once: then ratings and corrections are joined to them as a whole, not looked up answer by answer.
const USAGE = `
  WITH answers AS MATERIALIZED (
    SELECT m.id, m.conversation_id FROM conversations c
      JOIN messages m ON m.conversation_id = c.id AND m.role = 'assistant' AND m.adapter_version = $2
    WHERE c.assistant_id = $1 AND c.created_at > now() - make_interval(days => ${USAGE_DAYS})
  ), thumbs AS (
    SELECT count(*) FILTER (WHERE r.value = 'up')::int AS up, count(*) FILTER (WHERE r.value = 'down')::int AS down
    FROM answers a JOIN ratings r ON r.message_id = a.id WHERE r.rater_kind = 'customer'
  )
  SELECT (SELECT count(*)::int FROM answers) AS answers,
    (SELECT count(DISTINCT conversation_id)::int FROM answers) AS conversations, thumbs.up, thumbs.down,
    (SELECT count(*)::int FROM answers a JOIN corrections k ON k.message_id = a.id) AS corrected
  FROM thumbs`;

@Injectable()
export class VersionDetailsReader {
  constructor(
    private readonly database: DataSource,
    private readonly versions: AdapterVersions,
  ) {}

  /** @throws AdaptersError `adapters.version_unknown` */
  async of(assistantId: string, number: number): Promise<VersionDetails> {
    const { manager } = this.database;
    const version = await this.versions.get(assistantId, number);
    const { runId } = version;
    const [lineage, children, run, examples, deployments, usage] = await Promise.all([
      this.database.query<Ancestor[]>(LINEAGE, [assistantId, number]),
      manager.find(AdapterVersion, {
        where: { assistantId, parentVersion: number },
        select: { assistantId: true, version: true },
        order: { version: 'ASC' },
      }),
      runId ? manager.findOneBy(TrainingRun, { id: runId }) : null,
      this.database.query<GivenExamples[]>(EXAMPLES, [runId]),
      this.deploymentsOf(assistantId, number),
      this.usage(assistantId, number),
    ]);
    return { version, lineage, children: children.map((child) => child.version), run, examples, deployments, usage };
  }

  /** How a version did with customers lately; 0 is the base model. */
  async usage(assistantId: string, version: number): Promise<VersionUsage> {
    const [usage] = await this.database.query<VersionUsage[]>(USAGE, [assistantId, version]);
    return usage ?? { answers: 0, conversations: 0, up: 0, down: 0, corrected: 0 };
  }

  private deploymentsOf(assistantId: string, version: number): Promise<Deployment[]> {
    return this.database.manager.find(Deployment, {
      where: [
        { assistantId, toVersion: version },
        { assistantId, fromVersion: version },
      ],
      order: { id: 'DESC' },
      take: DEPLOYMENTS_MAX,
    });
  }
}
