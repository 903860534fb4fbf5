// The training runs in the database. The row is the truth: each move is one guarded UPDATE, so two workers, or a worker and
// somebody who cancels, can't both have their way.
import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm';
import { recordAudit, RETUNE } from '../../access/audit/record-audit.js';
import {
  TrainingRun,
  type LossPoint,
  type RunCost,
  type RunMode,
  type RunProgress,
  type RunStatus,
  type RunTrigger,
} from '../../database/entities/training-run.entity.js';
import { LearningError } from '../learning-error.js';
import { giveExamples } from '../snapshot/given-examples.js';
import type { SnapshotItem } from '../snapshot/snapshot.js';
import { assertTransition, isFinished, UNFINISHED } from './run-states.js';
import { nextInTurn } from './run-turns.js';

/** First key of the advisory lock that makes "no other unfinished run, so insert one" one step; the second is the assistant. */
const CREATE_LOCK = 7101;
/** First key of the advisory lock that whoever executes a run holds; the second is the run. */
const EXECUTE_LOCK = 7102;
/** Unfinished runs looked at to find those that are due; beyond that they wait for the next look. */
const DUE_LOOKED_AT_MAX = 5_000;
/** Most runs that a listing returns. */
const LIST_LIMIT = 100;
/** Most corrections of an assistant that wait to be taught: at a few minutes each, more is a case for a full run. */
const MICRO_WAITING_MAX = 20;

export interface NewRun {
  assistantId: string;
  trigger: RunTrigger;
  requestedBy: string | null;
  settings: Record<string, unknown>;
  /** Default: full. */
  mode?: RunMode;
  /** What a micro-run teaches. */
  correctionId?: string | null;
  retryOf?: string | null;
}

type Changes = Partial<
  Pick<
    TrainingRun,
    | 'parentVersion'
    | 'adapterVersion'
    | 'settings'
    | 'snapshotSha256'
    | 'result'
    | 'gateReport'
    | 'error'
    | 'progress'
    | 'lossCurve'
    | 'cost'
    | 'startedAt'
  >
>;
/** Columns as written; the end's time is the database's own clock. */
type Written = Changes & { status?: RunStatus; finishedAt?: () => string; pausedAt?: null | (() => string) };

@Injectable()
export class TrainingRuns {
  constructor(private readonly database: DataSource) {}

  /**
   * Queues a run. A correction that waits to be taught already isn't queued twice: its run is returned.
   * @throws LearningError `learning.run_in_progress` when the assistant has an unfinished full run and another one is asked for;
   *   `learning.too_many_waiting`
   */
  async create(wanted: NewRun): Promise<TrainingRun> {
    const { assistantId, mode = 'full' } = wanted;
    return this.database.transaction(async (transaction) => {
      await transaction.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [CREATE_LOCK, assistantId]);
      const others = await transaction.findBy(TrainingRun, { assistantId, mode, status: In([...UNFINISHED]) });
      const same = others.find(({ correctionId }) => mode === 'micro' && correctionId === wanted.correctionId);
      if (same) return same;
      assertRoom(mode, others);
      const run = await transaction.save(
        TrainingRun,
        transaction.create(TrainingRun, { ...wanted, mode, status: 'queued' }),
      );
      await recordAudit(transaction, {
        ...{ actor: wanted.requestedBy ?? RETUNE, action: 'run.create', assistantId },
        ...{
          target: { kind: 'run', id: run.id },
          after: { mode, trigger: wanted.trigger, retryOf: wanted.retryOf ?? null },
        },
      });
      return run;
    });
  }

  /** True when no other run of the assistant is before this one. */
  async isItsTurn({ id, assistantId }: TrainingRun): Promise<boolean> {
    return nextInTurn(await this.unfinishedOf(assistantId))?.id === id;
  }

  /**
   * `queued` → `preparing`, if it is its turn.
   * @throws LearningError `learning.run_changed` when another run of the assistant was taken up meanwhile
   */
  async takeUp(run: TrainingRun): Promise<TrainingRun> {
    return this.database.transaction(async (transaction) => {
      await transaction.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [CREATE_LOCK, run.assistantId]);
      if (await this.isItsTurn(run)) return this.move(run.id, 'queued', 'preparing');
      throw new LearningError('learning.run_changed', `Training run ${run.id} waits for another one.`, 'conflict');
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

  /** The runs that a worker should look at: of each assistant the one whose turn it is, unless it is paused. */
  async due(): Promise<TrainingRun[]> {
    const unfinished = await this.database.manager.find(TrainingRun, {
      where: { status: In([...UNFINISHED]) },
      order: { createdAt: 'ASC' },
      take: DUE_LOOKED_AT_MAX,
    });
    const assistants = new Set(unfinished.map(({ assistantId }) => assistantId));
    return [...assistants].flatMap((wanted) => {
      const next = nextInTurn(unfinished.filter(({ assistantId }) => assistantId === wanted));
      return next && !next.pausedAt ? [next] : [];
    });
  }

  /** An assistant's newest full run, whatever became of it. */
  async lastFull(assistantId: string): Promise<TrainingRun | undefined> {
    const where = { assistantId, mode: 'full' as const };
    return (await this.database.manager.findOne(TrainingRun, { where, order: { createdAt: 'DESC' } })) ?? undefined;
  }

  private unfinishedOf(assistantId: string): Promise<TrainingRun[]> {
    return this.database.manager.findBy(TrainingRun, { assistantId, status: In([...UNFINISHED]) });
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

  /** Notes what a run is given. @returns the items whose examples are still there */
  give(id: string, items: readonly SnapshotItem[]): Promise<SnapshotItem[]> {
    return this.database.transaction((manager) => giveExamples(manager, id, items));
  }

  /** Counts that a process begins or goes on with the run; how often that was, or undefined when it is finished or paused. */
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
       WHERE id = $1 AND status = ANY($3) AND (paused_at IS NULL OR $2 < 0)
       RETURNING (settings->>'attempts')::int AS attempts`,
      [id, by, UNFINISHED],
    );
    return rows;
  }

  /** Writes progress; false when the run isn't in one of its working states any more (it was cancelled). */
  progress(id: string, progress: RunProgress, lossCurve?: LossPoint[]): Promise<boolean> {
    return this.update(id, UNFINISHED, { progress, ...(lossCurve && { lossCurve }) });
  }

  /** Adds seconds of work; whether the work is to go on (it isn't cancelled or paused). */
  async worked(id: string, seconds: number): Promise<boolean> {
    const [rows] = await this.database.query<[{ wanted: boolean }[], number]>(
      `UPDATE training_runs SET worked_seconds = worked_seconds + $2 WHERE id = $1
       RETURNING status = ANY($3) AND paused_at IS NULL AS wanted`,
      [id, seconds, UNFINISHED],
    );
    return rows[0]?.wanted ?? false;
  }

  /** Puts down what it has cost so far, in whatever state it is. */
  async putCost(id: string, cost: RunCost): Promise<void> {
    await this.database.manager.update(TrainingRun, { id }, { cost });
  }

  /**
   * Cancels a run, also a paused one; whoever executes it notices and stops.
   * @throws LearningError `learning.run_finished`, `learning.run_not_found`
   */
  cancel(id: string, assistantId: string): Promise<TrainingRun> {
    const cancelled = { status: 'cancelled' as const, error: 'It was cancelled.', finishedAt: () => 'now()' };
    return this.whileUnfinished(id, assistantId, 'cancel', { ...cancelled, pausedAt: null });
  }

  /**
   * Pauses a run: whoever executes it stops at a checkpoint and frees its memory. It keeps its place.
   * @throws LearningError `learning.run_finished`, `learning.run_not_found`
   */
  pause(id: string, assistantId: string): Promise<TrainingRun> {
    return this.whileUnfinished(id, assistantId, 'pause', { pausedAt: () => 'coalesce(paused_at, now())' });
  }

  /** Lets a paused run go on. @throws LearningError `learning.run_finished`, `learning.run_not_found` */
  resume(id: string, assistantId: string): Promise<TrainingRun> {
    return this.whileUnfinished(id, assistantId, 'resume', { pausedAt: null });
  }

  private async whileUnfinished(
    id: string,
    assistantId: string,
    order: string,
    changes: Written,
  ): Promise<TrainingRun> {
    const before = await this.get(id, assistantId);
    const changed = await this.database.transaction(async (manager) => {
      if (!(await this.update(id, UNFINISHED, changes, manager))) return false;
      const { status, pausedAt } = before;
      await recordAudit(manager, {
        ...{ action: `run.${order}`, assistantId, target: { kind: 'run', id }, before: { status, pausedAt } },
        after: { order },
      });
      return true;
    });
    if (changed) return this.get(id);
    const { status } = await this.get(id);
    throw new LearningError('learning.run_finished', `Training run ${id} is ${status} already.`, 'conflict');
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

  private async update(
    id: string,
    from: readonly RunStatus[],
    changes: Written,
    manager: EntityManager = this.database.manager,
  ): Promise<boolean> {
    // TypeORM's type wants every key of the JSON columns known.
    const values = changes as QueryDeepPartialEntity<TrainingRun>;
    const result = await manager.update(TrainingRun, { id, status: In([...from]) }, values);
    return (result.affected ?? 0) > 0;
  }
}

function assertRoom(mode: RunMode, [first, ...more]: readonly TrainingRun[]): void {
  if (mode === 'full' && first) {
    const sentence = `Training run ${first.id} of this assistant is still ${first.status}; wait for it or cancel it.`;
    throw new LearningError('learning.run_in_progress', sentence, 'conflict');
  }
  if (more.length + 1 < MICRO_WAITING_MAX) return;
  const sentence = `${MICRO_WAITING_MAX} corrections wait to be taught already; a training run teaches them all at once.`;
  throw new LearningError('learning.too_many_waiting', sentence, 'conflict');
}
