// What can be asked about examples: by operators: counts and pages.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  Example,
  type ExampleKind,
  type ExampleSplit,
  type ExampleStatus,
} from '../database/entities/example.entity.js';
import { Slice } from '../database/entities/slice.entity.js';
import { whereHasWords } from '../database/has-words.js';

const SLICES_LISTED_MAX = 500;
const USED_IN = `EXISTS (SELECT 1 FROM run_examples x JOIN adapter_versions v ON v.run_id = x.run_id
  WHERE x.example_id = example.id AND v.assistant_id = example.assistant_id AND v.version = :usedIn)`;
const TEXTS = `concat_ws(' ', example.prompt -> -1 ->> 'content', example.completion, example.rejected)`;

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
  status?: ExampleStatus;
  slice?: string;
  /** True: only those that no run has used; false: only the others. */
  new?: boolean;
  /** Only those that the run of this adapter version was given. */
  usedIn?: number;
  /** Words that stand in the question or in an answer, in any case. */
  q?: string;
}

@Injectable()
export class Examples {
  constructor(private readonly database: DataSource) {}

  /** How many examples there are, altogether, by kind and by slice. */
  async counts(assistantId: string) {
    const byKind = await this.countBy<ExampleKind>(assistantId, 'kind');
    const bySlice = await this.countBy<string>(assistantId, 'slice');
    const slices = await this.database.manager.find(Slice, {
      where: { assistantId },
      select: { name: true, label: true },
    });
    const labels = new Map(slices.map(({ name, label }) => [name, label]));
    const sum = (field: keyof ExampleCount) => byKind.reduce((total, row) => total + row[field], 0);
    const quarantined = await this.database.manager.countBy(Example, { assistantId, status: 'quarantined' });
    return {
      quarantined,
      ...{ total: sum('total'), train: sum('train'), heldout: sum('heldout'), new: sum('new') },
      byKind: byKind.map(({ name, ...count }) => ({ kind: name, ...count })),
      bySlice: bySlice.map(({ name, ...count }) => ({ slice: name, label: labels.get(name) ?? name, ...count })),
    };
  }

  private countBy<Name extends string>(assistantId: string, column: 'kind' | 'slice') {
    return this.database.query<({ name: Name } & ExampleCount)[]>(
      `SELECT ${column} AS name, count(*)::int AS total,
        count(*) FILTER (WHERE split = 'train')::int AS train,
        count(*) FILTER (WHERE split = 'heldout')::int AS heldout,
        count(*) FILTER (WHERE first_run_id IS NULL AND status = 'accepted')::int AS new
      FROM examples WHERE assistant_id = $1 GROUP BY 1 ORDER BY 1 LIMIT ${SLICES_LISTED_MAX}`,
      [assistantId],
    );
  }

  /**
   * A page of examples, newest first.
   * @param page `before`: id of the last example of the page before
   */
  async page(assistantId: string, filter: ExampleFilter, page: { before?: string; limit: number }): Promise<Example[]> {
    const { new: isNew, usedIn, q, ...same } = filter;
    const query = this.database.manager
      .createQueryBuilder(Example, 'example')
      .where({ assistantId, ...same })
      .orderBy('example.created_at', 'DESC')
      .addOrderBy('example.id', 'DESC')
      .take(page.limit);
    if (isNew !== undefined) query.andWhere(`example.first_run_id IS ${isNew ? '' : 'NOT '}NULL`);
    if (usedIn !== undefined) query.andWhere(USED_IN, { usedIn });
    whereHasWords(query, TEXTS, q);
    if (page.before) {
      const edge = 'SELECT edge.created_at, edge.id FROM examples edge WHERE edge.id = :before';
      query.andWhere(`(example.created_at, example.id) < (${edge})`, { before: page.before });
    }
    return query.getMany();
  }
}
