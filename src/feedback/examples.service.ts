// What can be asked about examples: by learning (what is new, what was used, what is held out) and by operators (counts, pages).
import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager, In, IsNull, Not, type FindOptionsWhere } from 'typeorm';
import { Example, type ExampleKind, type ExampleSplit } from '../database/entities/example.entity.js';

/** The most examples of one part that a run is given; the newest ones. */
const PART_MAX = 20_000;
const SLICES_LISTED_MAX = 500;

/** What a training run may use. */
export interface RunExamples {
  /** Train split, not used by any run yet. */
  new: Example[];
  /** Train split, used by earlier runs: for replay. */
  earlier: Example[];
  /** Only for the gate. */
  heldout: Example[];
}

export interface ExampleCount {
  total: number;
  train: number;
  heldout: number;
  /** Not used by any run yet. */
  new: number;
}

export interface ExampleFilter {
  kind?: ExampleKind;
  split?: ExampleSplit;
  slice?: string;
  /** True: only those that no run has used; false: only the others. */
  new?: boolean;
}

@Injectable()
export class Examples {
  constructor(private readonly database: DataSource) {}

  /** How many new examples could be trained on: train split, not used yet, with an answer to learn (so no bare thumbs down). */
  countNew(assistantId: string): Promise<number> {
    const learnable: ExampleKind[] = ['sft', 'preference'];
    const where = { assistantId, split: 'train', firstRunId: IsNull(), kind: In(learnable) } as const;
    return this.database.manager.countBy(Example, where);
  }

  /** Everything that a run of this assistant may use, oldest first. */
  async forRun(assistantId: string): Promise<RunExamples> {
    const part = async (where: FindOptionsWhere<Example>) => {
      const newest = { order: { createdAt: 'DESC', id: 'DESC' }, take: PART_MAX } as const;
      return (await this.database.manager.find(Example, { where: { assistantId, ...where }, ...newest })).reverse();
    };
    return {
      new: await part({ split: 'train', firstRunId: IsNull() }),
      earlier: await part({ split: 'train', firstRunId: Not(IsNull()) }),
      heldout: await part({ split: 'heldout' }),
    };
  }

  /** Puts down the first run that used these examples; one that has a run already keeps it. */
  async markUsed(ids: string[], runId: string, manager: EntityManager = this.database.manager): Promise<void> {
    await manager.update(Example, { id: In(ids), firstRunId: IsNull() }, { firstRunId: runId });
  }

  /** How many examples there are, altogether, by kind and by slice. */
  async counts(assistantId: string) {
    const byKind = await this.countBy<ExampleKind>(assistantId, 'kind');
    const bySlice = await this.countBy<string>(assistantId, 'slice');
    const sum = (field: keyof ExampleCount) => byKind.reduce((total, row) => total + row[field], 0);
    return {
      ...{ total: sum('total'), train: sum('train'), heldout: sum('heldout'), new: sum('new') },
      byKind: byKind.map(({ name, ...count }) => ({ kind: name, ...count })),
      bySlice: bySlice.map(({ name, ...count }) => ({ slice: name, ...count })),
    };
  }

  private countBy<Name extends string>(assistantId: string, column: 'kind' | 'slice') {
    return this.database.query<({ name: Name } & ExampleCount)[]>(
      `SELECT ${column} AS name, count(*)::int AS total,
        count(*) FILTER (WHERE split = 'train')::int AS train,
        count(*) FILTER (WHERE split = 'heldout')::int AS heldout,
        count(*) FILTER (WHERE first_run_id IS NULL)::int AS new
      FROM examples WHERE assistant_id = $1 GROUP BY 1 ORDER BY 1 LIMIT ${SLICES_LISTED_MAX}`,
      [assistantId],
    );
  }

  /**
   * A page of examples, newest first.
   * @param page `before`: id of the last example of the page before
   */
  async page(assistantId: string, filter: ExampleFilter, page: { before?: string; limit: number }): Promise<Example[]> {
    const { new: isNew, ...same } = filter;
    const query = this.database.manager
      .createQueryBuilder(Example, 'example')
      .where({ assistantId, ...same })
      .orderBy('example.created_at', 'DESC')
      .addOrderBy('example.id', 'DESC')
      .take(page.limit);
    if (isNew !== undefined) query.andWhere(`example.first_run_id IS ${isNew ? '' : 'NOT '}NULL`);
    if (page.before) {
      const edge = 'SELECT edge.created_at, edge.id FROM examples edge WHERE edge.id = :before';
      query.andWhere(`(example.created_at, example.id) < (${edge})`, { before: page.before });
    }
    return query.getMany();
  }
}
