// Gathers how the whole service is: every node as it last said, the database, the work that waits.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { NodeReports } from '../adapters/nodes/node-reports.js';
import { SILENT_AFTER_MS } from '../adapters/nodes/node-state.js';
import type { ServiceNode } from '../database/entities/service-node.entity.js';
import { Readiness } from './readiness.js';
import type { ServiceHealth } from './service-health.schema.js';

const NODES = `
  SELECT id, name, roles, health, started_at AS "startedAt", seen_at AS "seenAt",
    seen_at < now() - make_interval(secs => ${SILENT_AFTER_MS / 1000}) AS silent
  FROM nodes ORDER BY name`;
const DATABASE = `
  SELECT current_setting('server_version') AS version, pg_database_size(current_database())::float8 AS bytes,
    current_setting('max_connections')::int AS "connectionsMax",
    (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections`;
const QUEUE = `
  SELECT count(*) FILTER (WHERE status = 'queued' AND paused_at IS NULL)::int AS waiting,
    count(*) FILTER (WHERE status <> 'queued' AND paused_at IS NULL)::int AS working,
    count(*) FILTER (WHERE paused_at IS NOT NULL)::int AS paused,
    (SELECT count(*)::int FROM corrections WHERE remembered_at IS NULL) AS "toRemember"
  FROM training_runs WHERE status IN ('queued', 'preparing', 'training', 'evaluating')`;

type NodeRow = ServiceNode & { silent: boolean };

@Injectable()
export class ServiceHealthReport {
  constructor(
    private readonly database: DataSource,
    private readonly readiness: Readiness,
    private readonly reports: NodeReports,
  ) {}

  async report(): Promise<ServiceHealth> {
    const [{ status, version, memory, database }, nodes, [about], [queue]] = await Promise.all([
      this.readiness.report(),
      this.database.query<NodeRow[]>(NODES),
      this.database.query<Omit<ServiceHealth['database'], 'latencyMs'>[]>(DATABASE),
      this.database.query<ServiceHealth['queue'][]>(QUEUE),
    ]);
    if (!about || !queue) throw new Error('Postgres answered with no row.');
    return {
      ...{ status, version, memory, queue },
      database: { latencyMs: database.latencyMs, ...about },
      nodes: nodes.map((node) => this.toView(node)),
    };
  }

  private toView({ id, name, roles, health, silent, startedAt, seenAt }: NodeRow): ServiceHealth['nodes'][number] {
    return {
      ...{ id, name, roles, health, silent, asked: id === this.reports.nodeId },
      ...{ startedAt: startedAt.toISOString(), seenAt: seenAt.toISOString() },
    };
  }
}
