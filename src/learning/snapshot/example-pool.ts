// The examples of an assistant as a run sees them: what is new to the champion, and what the gate may ask. What has been learnt lies
// in the replay buffer. Nothing here takes longer because much was learnt before.
import { Injectable } from '@nestjs/common';
import { DataSource, In, IsNull, MoreThan, Not, type FindOptionsWhere } from 'typeorm';
import { Example } from '../../database/entities/example.entity.js';
import { TrainingRun } from '../../database/entities/training-run.entity.js';
import { NOT_RELEASED } from '../../feedback/trust/hold-back.js';
import type { Blame } from '../gate/blame.js';
import { lineageRuns, otherRuns } from '../replay/lineage.js';
import { newestOf } from './candidates.js';
import type { Candidate } from './select.js';

/** New examples that one run looks at, the newest ones: more would take days to train. */
const FRESH_MAX = 20_000;
/** Held-out questions of one slice that the gate chooses from, the newest ones. */
const HELDOUT_PER_SLICE_MAX = 100;

/** The slices' names are walked by index, not by reading all examples. */
const HELDOUT = `
  WITH RECURSIVE names AS (
    (SELECT slice FROM examples WHERE assistant_id = $1 ORDER BY slice LIMIT 1)
    UNION ALL
    SELECT (SELECT slice FROM examples WHERE assistant_id = $1 AND slice > names.slice ORDER BY slice LIMIT 1)
      FROM names WHERE slice IS NOT NULL
  )
  SELECT item.id FROM names CROSS JOIN LATERAL (
    SELECT id FROM examples WHERE assistant_id = $1 AND slice = names.slice AND split = 'heldout'
      AND status = 'accepted' AND source_correction_id IS NOT NULL ORDER BY created_at DESC LIMIT ${HELDOUT_PER_SLICE_MAX}
  ) item`;

const HOLD_BACK = `
  UPDATE examples e SET status = 'quarantined', quarantine_reason = 'refused_by_gate', quarantine_detail = b.detail
    FROM unnest($1::uuid[], $2::text[]) AS b (id, detail)
    WHERE e.id = b.id AND e.status = 'accepted' AND ${NOT_RELEASED}`;

@Injectable()
export class ExamplePool {
  constructor(private readonly database: DataSource) {}

  /** Training examples that the champion hasn't learnt and that no other one of the same question has replaced. */
  async fresh(assistantId: string, champion: number): Promise<Candidate[]> {
    const { manager } = this.database;
    const examples = await manager.find(Example, {
      where: await this.notLearnt(assistantId, champion),
      order: { createdAt: 'DESC' },
      take: FRESH_MAX,
    });
    return newestOf(
      manager,
      examples.map((example) => ({ ...example, learnt: false })),
    );
  }

  /** Corrected held-out questions, each with whether a run of the champion's line was judged by it already. */
  async heldOut(assistantId: string, champion: number): Promise<Candidate[]> {
    const { manager } = this.database;
    const lineage = new Set(await lineageRuns(manager, assistantId, champion));
    const rows = await manager.query<{ id: string }[]>(HELDOUT, [assistantId]);
    const examples = await manager.findBy(Example, { id: In(rows.map(({ id }) => id)) });
    return examples.map((example) => ({
      ...example,
      learnt: example.firstRunId !== null && lineage.has(example.firstRunId),
    }));
  }

  /** How many training examples with an answer the champion hasn't learnt, made after `since` if given. */
  async countNew(assistantId: string, champion: number, since?: Date): Promise<number> {
    const also = { kind: Not('binary' as const), ...(since && { createdAt: MoreThan(since) }) };
    const where = (await this.notLearnt(assistantId, champion)).map((condition) => ({ ...condition, ...also }));
    return this.database.manager.count(Example, { where });
  }

  /** Notes that this run's adapter is the first to be trained on (or judged by) the examples. */
  async markLearnt(exampleIds: readonly string[], runId: string): Promise<void> {
    await this.database.manager.update(Example, { id: In([...exampleIds]) }, { firstRunId: runId });
  }

  /**
   * Holds examples back from all further runs, until an operator decides; what one released before stays.
   * @returns how many there were
   */
  async holdBack(blamed: readonly Blame[]): Promise<number> {
    const [, count] = await this.database.manager.query<[unknown, number]>(HOLD_BACK, [
      blamed.map(({ exampleId }) => exampleId),
      blamed.map(({ detail }) => detail),
    ]);
    return count;
  }

  /** How many runs the assistant had before this one: what rotates from run to run is counted by it. */
  runsBefore({ assistantId, createdAt }: TrainingRun): Promise<number> {
    const earlier = this.database.manager
      .createQueryBuilder(TrainingRun, 'run')
      .where('run.assistant_id = :assistantId AND run.created_at < :createdAt', { assistantId, createdAt });
    return earlier.getCount();
  }

  private async notLearnt(assistantId: string, champion: number): Promise<FindOptionsWhere<Example>[]> {
    const base = { assistantId, status: 'accepted' as const, split: 'train' as const };
    const others = await otherRuns(this.database.manager, assistantId, champion);
    return [
      { ...base, firstRunId: IsNull() },
      { ...base, firstRunId: In(others) },
    ];
  }
}
