// Which of two versions' answers an agent prefers. Like every word about an answer it goes to the intake in the vote's own transaction.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { recordAudit } from '../../access/audit/record-audit.js';
import { Comparison, type Vote } from '../../database/entities/comparison.entity.js';
import { ExampleEvents } from '../example-events.js';
import { FeedbackError } from '../feedback-error.js';
import { Intake } from '../intake.js';
import { findAnswer } from '../rated-answer.js';

export interface VoteRequest {
  comparisonId: string;
  agent: string;
  /** Null takes the vote back. */
  vote: Exclude<Vote, 'same'> | null;
  useForTraining: boolean;
}

@Injectable()
export class Votes {
  constructor(
    private readonly database: DataSource,
    private readonly intake: Intake,
    private readonly events: ExampleEvents,
  ) {}

  /** Sets, changes or takes back a vote. @throws FeedbackError `feedback.comparison_unknown`, `feedback.comparison_same` */
  async vote({ comparisonId: id, agent, vote, useForTraining }: VoteRequest): Promise<Comparison> {
    const { comparison, exampleId } = await this.database.transaction(async (manager) => {
      const known = await manager.findOneBy(Comparison, { id });
      if (!known) throw unknownComparison();
      const answer = await findAnswer(manager, known.messageId, true);
      const comparison = await manager.findOne(Comparison, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!comparison) throw unknownComparison();
      const { assistantId, vote: before } = comparison;
      if (before === 'same') {
        throw new FeedbackError('feedback.comparison_same', 'Both versions gave this answer.', 'conflict');
      }
      const voted = vote === null ? { votedBy: null, votedAt: null } : { votedBy: agent, votedAt: new Date() };
      await manager.update(Comparison, id, { vote, useForTraining, ...voted });
      await recordAudit(manager, {
        ...{ actor: agent, action: 'comparison.vote', assistantId, target: { kind: 'comparison', id } },
        ...{ before: { vote: before }, after: { vote, useForTraining } },
      });
      const example = await this.intake.take(manager, answer);
      return { comparison: Object.assign(comparison, { vote, useForTraining, ...voted }), exampleId: example?.id };
    });
    if (exampleId) this.events.added$.next({ assistantId: comparison.assistantId, exampleId });
    return comparison;
  }
}

const unknownComparison = () =>
  new FeedbackError('feedback.comparison_unknown', 'There is no such comparison.', 'notFound');
