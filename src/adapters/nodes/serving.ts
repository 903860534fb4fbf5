// What answers an assistant's customers now, on every node, and whom a rollback would touch.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Assistant } from '../../database/entities/assistant.entity.js';
import type { Rollout } from '../../database/entities/rollout.entity.js';
import type { ServiceNode } from '../../database/entities/service-node.entity.js';
import { liveRollout } from '../canary/rollout-rows.js';
import { Deployments } from '../deployments.js';
import { nodeServing, type NodeServing } from './node-state.js';

/** A conversation in which somebody said something so recently is open. */
export const OPEN_MINUTES = 30;

const NODES = `SELECT id, name, serving, seen_at AS "seenAt", now() AS now FROM nodes WHERE 'web' = ANY (roles) ORDER BY name`;
const SINCE = `
  SELECT max(created_at) AS since FROM deployments WHERE assistant_id = $1 AND action IN ('promote', 'rollback')`;
// Conversations by their beginning: an index has it, and few go on for more than a day.
const OPEN = `
  SELECT count(*)::int AS open, count(*) FILTER (WHERE c.handover = 'agent')::int AS "withAgent",
    count(*) FILTER (WHERE last.status = 'writing')::int AS writing
  FROM conversations c CROSS JOIN LATERAL (
    SELECT status, created_at FROM messages WHERE conversation_id = c.id ORDER BY seq DESC LIMIT 1
  ) last
  WHERE c.assistant_id = $1 AND c.created_at > now() - interval '1 day'
    AND last.created_at > now() - make_interval(mins => ${OPEN_MINUTES})`;

export interface OpenConversations {
  open: number;
  withAgent: number;
  writing: number;
}

export interface Serving {
  championVersion: number;
  /** Since when; null: always. */
  since: Date | null;
  /** Where a rollback without a version would go. */
  versionBefore: number;
  canary: Rollout | null;
  nodes: NodeServing[];
  conversations: OpenConversations;
}

@Injectable()
export class ServingNow {
  constructor(
    private readonly database: DataSource,
    private readonly deployments: Deployments,
  ) {}

  async of({ id, championVersion }: Pick<Assistant, 'id' | 'championVersion'>): Promise<Serving> {
    const { manager } = this.database;
    const [nodes, moved, open, versionBefore, canary] = await Promise.all([
      this.database.query<(ServiceNode & { now: Date })[]>(NODES),
      this.database.query<{ since: Date | null }[]>(SINCE, [id]),
      this.database.query<OpenConversations[]>(OPEN, [id]),
      this.deployments.championBefore(id, championVersion),
      liveRollout(manager, id),
    ]);
    return {
      ...{ championVersion, versionBefore, canary },
      since: moved[0]?.since ?? null,
      nodes: nodes.map((node) => nodeServing(node, id, championVersion, node.now)),
      conversations: open[0] ?? { open: 0, withAgent: 0, writing: 0 },
    };
  }
}
