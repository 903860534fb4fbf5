// What operators do with examples that were held back: look, release, discard. Each decision is written down in the transaction
// that carries it out, and holds for the same content if it comes again.
import { Injectable } from '@nestjs/common';
import { DataSource, Not, type EntityManager } from 'typeorm';
import { recordAudit } from '../../access/audit/record-audit.js';
import { ExampleDecision, type Decision } from '../../database/entities/example-decision.entity.js';
import { Example } from '../../database/entities/example.entity.js';
import { RunExample } from '../../database/entities/run-example.entity.js';
import { ExampleEvents } from '../example-events.js';
import { FeedbackError } from '../feedback-error.js';

export interface DecisionRequest {
  exampleId: string;
  decision: Decision;
  actor: string;
  reason: string;
}

@Injectable()
export class Quarantine {
  constructor(
    private readonly database: DataSource,
    private readonly events: ExampleEvents,
  ) {}

  /** How many wait for a decision, by reason, most first. */
  async counts(assistantId: string): Promise<{ total: number; byReason: { reason: string; total: number }[] }> {
    const byReason = await this.database.query<{ reason: string; total: number }[]>(
      `SELECT quarantine_reason AS reason, count(*)::int AS total FROM examples
      WHERE assistant_id = $1 AND status = 'quarantined' AND quarantine_reason <> 'discarded' GROUP BY 1 ORDER BY 2 DESC, 1`,
      [assistantId],
    );
    return { total: byReason.reduce((sum, { total }) => sum + total, 0), byReason };
  }

  /** A page of them, newest first. @param page `before`: id of the last example of the page before */
  page(assistantId: string, page: { reason?: string; before?: string; limit: number }): Promise<Example[]> {
    const query = this.database.manager
      .createQueryBuilder(Example, 'example')
      .where({ assistantId, status: 'quarantined', quarantineReason: page.reason ?? Not('discarded') })
      .orderBy('example.created_at', 'DESC')
      .addOrderBy('example.id', 'DESC')
      .take(page.limit);
    if (page.before) {
      const edge = 'SELECT edge.created_at, edge.id FROM examples edge WHERE edge.id = :before';
      query.andWhere(`(example.created_at, example.id) < (${edge})`, { before: page.before });
    }
    return query.getMany();
  }

  /**
   * Releases a quarantined example to be learnt from, or removes it for good.
   * @throws FeedbackError `feedback.example_unknown`, `feedback.not_quarantined`
   */
  async decide({ exampleId, decision, actor, reason }: DecisionRequest): Promise<ExampleDecision> {
    const made = await this.database.transaction(async (manager) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const example = await manager.findOne(Example, { where: { id: exampleId }, lock });
      if (!example) throw new FeedbackError('feedback.example_unknown', 'There is no such example.', 'notFound');
      const { assistantId, contentHash, quarantineReason } = example;
      if (quarantineReason === null || quarantineReason === 'discarded') {
        throw new FeedbackError('feedback.not_quarantined', 'This example is not in quarantine.', 'conflict');
      }
      const accepted = { status: 'accepted', quarantineReason: null, quarantineDetail: null } as const;
      if (decision === 'release') await manager.update(Example, exampleId, accepted);
      else await discard(manager, exampleId);
      await recordAudit(manager, {
        ...{ actor, action: `example.${decision}`, assistantId, target: { kind: 'example', id: exampleId }, reason },
        ...{ before: { quarantineReason }, after: { decision } },
      });
      const row = { assistantId, exampleId, contentHash, decision, quarantineReason, actor, reason };
      return manager.save(manager.create(ExampleDecision, row));
    });
    if (decision === 'release') this.events.added$.next({ assistantId: made.assistantId, exampleId });
    return made;
  }

  /** The newest decisions, newest first. */
  decisions(assistantId: string, limit: number): Promise<ExampleDecision[]> {
    return this.database.manager.find(ExampleDecision, { where: { assistantId }, order: { id: 'DESC' }, take: limit });
  }
}

/** What a run was given stays for its lineage, marked; anything else goes. */
async function discard(manager: EntityManager, exampleId: string): Promise<void> {
  if (await manager.existsBy(RunExample, { exampleId })) {
    await manager.update(Example, exampleId, { quarantineReason: 'discarded', quarantineDetail: null });
  } else await manager.delete(Example, exampleId);
}
