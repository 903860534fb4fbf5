// An assistant's history: who served when, and what happened, with who and why. Read from what is only ever added to.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Deployments } from '../deployments.js';
import { bandsOf, servedAt, type Band } from './bands.js';

/** Moves of one assistant that are looked at; a thousand rollouts have about five thousand. */
const MOVES_MAX = 20_000;

export const MARKER_KINDS = ['promotion', 'rollback', 'canary', 'run', 'gate', 'prompt'] as const;

/** Something that happened. */
export interface Marker {
  id: string;
  at: Date;
  kind: (typeof MARKER_KINDS)[number];
  /** What exactly: a deployment's action, a run's status, the gate's verdict. */
  action: string;
  fromVersion: number | null;
  /** The adapter version that it is about; of a prompt, the prompt version. */
  version: number | null;
  actor: string | null;
  /** The reason given, the gate's summary, or why a run failed. */
  text: string | null;
  runId: string | null;
  rolloutId: string | null;
}

// A canary that was ended for harm is a rollback to people, too.
const MARKERS = `
  SELECT * FROM (
    SELECT 'd' || id AS id, created_at AS at,
      CASE WHEN action = 'promote' THEN 'promotion' WHEN action IN ('rollback', 'canary_rollback') THEN 'rollback'
        ELSE 'canary' END AS kind,
      action, from_version AS "fromVersion", to_version AS version, actor, reason AS text, NULL::uuid AS "runId",
      evidence ->> 'rolloutId' AS "rolloutId"
    FROM deployments WHERE assistant_id = $1
    UNION ALL
    SELECT 's' || id, started_at, 'run', 'started', parent_version, NULL, coalesce(requested_by, trigger), NULL, id, NULL
    FROM training_runs WHERE assistant_id = $1
    UNION ALL
    SELECT 'e' || id, finished_at, 'run', status, parent_version, adapter_version, coalesce(requested_by, trigger), error, id, NULL
    FROM training_runs WHERE assistant_id = $1
    UNION ALL
    SELECT 'g' || id, finished_at, 'gate', coalesce(gate_report ->> 'verdict', ''), parent_version, adapter_version, NULL,
      gate_report ->> 'summary', id, NULL
    FROM training_runs WHERE assistant_id = $1 AND gate_report IS NOT NULL
    UNION ALL
    SELECT 'p' || id, created_at, 'prompt', action, NULL, target_id::int, actor, reason, NULL, NULL
    FROM audit_entries WHERE assistant_id = $1 AND action LIKE 'prompt\\_version.%' AND target_id ~ '^\\d{1,9}$'
  ) markers WHERE at >= $2 AND at <= $3 ORDER BY at DESC, id DESC LIMIT $4`;

@Injectable()
export class Timeline {
  constructor(
    private readonly database: DataSource,
    private readonly deployments: Deployments,
  ) {}

  /** What happened between two moments, newest first, and the bands that reach into them. */
  async between(
    assistantId: string,
    { from, to, limit }: { from: Date; to: Date; limit: number },
  ): Promise<{ bands: Band[]; markers: Marker[] }> {
    const [markers, bands] = await Promise.all([
      this.database.query<Marker[]>(MARKERS, [assistantId, from, to, limit]),
      this.bands(assistantId),
    ]);
    return { markers, bands: bands.filter((band) => (!band.from || band.from <= to) && (!band.to || band.to >= from)) };
  }

  async servedAt(assistantId: string, moment: Date): Promise<ReturnType<typeof servedAt>> {
    return servedAt(await this.bands(assistantId), moment);
  }

  private async bands(assistantId: string): Promise<Band[]> {
    const newest = await this.deployments.history(assistantId, MOVES_MAX);
    return bandsOf(newest.reverse());
  }
}
