// The replay buffer: all examples of an assistant, each known to be new or learnt already. "Learnt" follows the champion's
// lineage: what only a rejected or rolled-back version was trained on is new again.
import { Injectable } from '@nestjs/common';
import { DataSource, In, IsNull, MoreThan, Not, type FindOptionsWhere } from 'typeorm';
import { Example } from '../../database/entities/example.entity.js';
import type { Candidate } from './select.js';

/** Newest examples that one run looks at; older ones have been learnt and replayed many times by then. */
const POOL_MAX = 20_000;

/** Runs whose adapters are in a champion's line of parents. Its length is bounded by the number of versions. */
const LINEAGE_RUNS = `
  WITH RECURSIVE lineage AS (
    SELECT parent_version, run_id FROM adapter_versions WHERE assistant_id = $1 AND version = $2
    UNION ALL
    SELECT v.parent_version, v.run_id FROM adapter_versions v
      JOIN lineage l ON v.assistant_id = $1 AND v.version = l.parent_version
  )
  SELECT run_id FROM lineage WHERE run_id IS NOT NULL`;

@Injectable()
export class ExamplePool {
  constructor(private readonly database: DataSource) {}

  /** The newest examples, each with whether this champion has learnt it. */
  async candidates(assistantId: string, champion: number): Promise<Candidate[]> {
    const lineage = new Set(await this.lineage(assistantId, champion));
    const examples = await this.database.manager.find(Example, {
      where: { assistantId },
      order: { createdAt: 'DESC' },
      take: POOL_MAX,
    });
    return examples.map((example) => ({
      ...example,
      learnt: example.firstRunId !== null && lineage.has(example.firstRunId),
    }));
  }

  /** How many training examples the champion hasn't learnt, made after `since` if given. */
  async countNew(assistantId: string, champion: number, since?: Date): Promise<number> {
    const lineage = await this.lineage(assistantId, champion);
    const base: FindOptionsWhere<Example> = { assistantId, split: 'train', kind: Not('binary') };
    if (since) base.createdAt = MoreThan(since);
    return this.database.manager.count(Example, {
      where: [
        { ...base, firstRunId: IsNull() },
        { ...base, firstRunId: Not(In(lineage)) },
      ],
    });
  }

  /** Notes that this run's adapter was trained on (or judged by) the examples. */
  async markLearnt(exampleIds: readonly string[], runId: string): Promise<void> {
    await this.database.manager.update(Example, { id: In([...exampleIds]) }, { firstRunId: runId });
  }

  private async lineage(assistantId: string, champion: number): Promise<string[]> {
    const rows = await this.database.manager.query<{ run_id: string }[]>(LINEAGE_RUNS, [assistantId, champion]);
    return rows.map(({ run_id }) => run_id);
  }
}
