// The training runs in the database. The row is the truth: each move is one guarded UPDATE, so two workers, or a worker and
// somebody who cancels, can't both have their way.
import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm';
import {
  TrainingRun,
  type RunProgress,
  type RunStatus,
  type RunTrigger,
} from '../../database/entities/training-run.entity.js';
import { LearningError } from '../learning-error.js';
import { assertTransition, isFinished, UNFINISHED } from './run-states.js';

/** First key of the advisory lock that makes "no other unfinished run, so insert one" one step; the second is the assistant. */
const CREATE_LOCK = 7101;
/** First key of the advisory lock that whoever executes a run holds; the second is the run. */
const EXECUTE_LOCK = 7102;
/** Most runs that a listing returns. */
const LIST_LIMIT = 100;

export interface NewRun {
  assistantId: string;
  trigger: RunTrigger;
  requestedBy: string | null;
  settings: Record<string, unknown>;
}

type Changes = Partial<
  Pick<
    TrainingRun,
    'parentVersion' | 'adapterVersion' | 'snapshotSha256' | 'result' | 'gateReport' | 'error' | 'progress' | 'startedAt'
  >
>;
/** Columns as written; the end's time is the database's own clock. */
type Written = Changes & { status?: RunStatus; finishedAt?: () => string };

@Injectable()
export class TrainingRuns {
  constructor(private readonly database: DataSource) {}

  /**
   * Queues a run.
   * @throws LearningError `learning.run_in_progress` when the assistant has an unfinished one
   */
  async create({ assistantId, trigger, requestedBy, settings }: NewRun): Promise<TrainingRun> {
    return this.database.transaction(async (transaction) => {
      await transaction.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [CREATE_LOCK, assistantId]);
      const other = await transaction.findOneBy(TrainingRun, { assistantId, status: In([...UNFINISHED]) });
      if (other) {
        const sentence = `Training run ${other.id} of this assistant is still ${other.status}; wait for it or cancel it.`;
        throw new LearningError('learning.run_in_progress', sentence, 'conflict');
      }
      const run = { assistantId, trigger, requestedBy, settings, status: 'queued' as const };
      return transaction.save(TrainingRun, transaction.create(TrainingRun, run));
    });
  }

  /** @throws LearningError `learning.run_not_found` (also for another assistant's run) */
  async get(id: string, assistantId?: string): Promise<TrainingRun> {
    const run = await this.database.manager.findOneBy(TrainingRun, { id, ...(assistantId && { assistantId }) });
    if (!run) throw new LearningError('learning.run_not_found', `There is no training run ${id}.`, 'notFound');
    return run;
  }

  /** The newest runs of an assistant, newest first. */
  list(assistantId: string): Promise<TrainingRun[]> {
    return this.database.manager.find(TrainingRun, {
      where: { assistantId },
      order: { createdAt: 'DESC' },
      take: LIST_LIMIT,
    });
  }

  /** All runs that still have something to do, oldest first. */
  unfinished(): Promise<TrainingRun[]> {
    return this.database.manager.find(TrainingRun, {
      where: { status: In([...UNFINISHED]) },
      order: { createdAt: 'ASC' },
      take: LIST_LIMIT,
    });
  }

  /**
   * Moves a run on and writes what is known now.
   * @throws LearningError `learning.illegal_transition`, or `learning.run_changed` when it is no longer in state `from`
   */
  async move(id: string, from: RunStatus, to: RunStatus, changes: Changes = {}): Promise<TrainingRun> {
    assertTransition(from, to);
    const finishedAt = isFinished(to) ? { finishedAt: () => 'now()' } : {};
    const moved = await this.update(id, [from], { ...changes, status: to, ...finishedAt });
    if (moved) return this.get(id);
    const { status } = await this.get(id);
    throw new LearningError('learning.run_changed', `Training run ${id} is ${status}, no longer ${from}.`, 'conflict');
  }

  /** Counts that a process begins or goes on with the run; how often that was, or undefined when it is finished. */
  async beginAttempt(id: string): Promise<number | undefined> {
    const rows = await this.addAttempts(id, 1);
    return rows[0]?.attempts;
  }

  /** Takes one attempt back: it was ended on purpose (the service was stopped), not by a crash. */
  async forgiveAttempt(id: string): Promise<void> {
    await this.addAttempts(id, -1);
  }

  private async addAttempts(id: string, by: number): Promise<{ attempts: number }[]> {
    const [rows] = await this.database.query<[{ attempts: number }[], number]>(
      `UPDATE training_runs
         SET settings = jsonb_set(settings, '{attempts}', to_jsonb(coalesce((settings->>'attempts')::int, 0) + $2::int)),
             started_at = coalesce(started_at, now())
       WHERE id = $1 AND status = ANY($3)
       RETURNING (settings->>'attempts')::int AS attempts`,
      [id, by, UNFINISHED],
    );
    return rows;
  }

  /** Writes progress; false when the run isn't in one of its working states any more (it was cancelled). */
  progress(id: string, progress: RunProgress): Promise<boolean> {
    return this.update(id, UNFINISHED, { progress });
  }

  /**
   * Cancels a run; whoever executes it notices and stops.
   * @throws LearningError `learning.run_finished`, `learning.run_not_found`
   */
  async cancel(id: string, assistantId: string): Promise<TrainingRun> {
    const run = await this.get(id, assistantId);
    const changes = { status: 'cancelled' as const, error: 'It was cancelled.', finishedAt: () => 'now()' };
    if (await this.update(id, UNFINISHED, changes)) return this.get(id);
    const { status } = await this.get(id);
    throw new LearningError('learning.run_finished', `Training run ${run.id} is ${status} already.`, 'conflict');
  }

  /** True when the run was cancelled. */
  async isCancelled(id: string): Promise<boolean> {
    return this.database.manager.existsBy(TrainingRun, { id, status: 'cancelled' });
  }

  /**
   * Runs `body` as the only process in the cluster that executes this run; does nothing and returns false when another one
   * does. The lock belongs to a connection: when this process dies, Postgres frees it and another one can go on.
   */
  async exclusively(id: string, body: () => Promise<void>): Promise<boolean> {
    const connection = this.database.createQueryRunner();
    await connection.connect();
    try {
      const lock = 'SELECT pg_try_advisory_lock($1, hashtext($2)) AS locked';
      const [{ locked }] = await this.database.query<[{ locked: boolean }]>(lock, [EXECUTE_LOCK, id], connection);
      if (!locked) return false;
      try {
        await body();
        return true;
      } finally {
        await connection
          .query('SELECT pg_advisory_unlock($1, hashtext($2))', [EXECUTE_LOCK, id])
          .catch(() => undefined);
      }
    } finally {
      await connection.release();
    }
  }

  private async update(id: string, from: readonly RunStatus[], changes: Written): Promise<boolean> {
    // TypeORM's type wants every key of the JSON columns known.
    const values = changes as QueryDeepPartialEntity<TrainingRun>;
    const result = await this.database.manager.update(TrainingRun, { id, status: In([...from]) }, values);
    return (result.affected ?? 0) > 0;
  }
}
